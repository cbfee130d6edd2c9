import type { TextEmbedder, TextVector } from './embedder/text-embedder.port.js';
import type { Result } from './output/result.js';
import type { Done, RowOutput } from './output/row-output.port.js';
import type { Progress } from './progress/progress.port.js';
import { textToEmbed, type Row, type RowSource } from './rows/row.js';
import { CommandError } from './command-error.js';

/** Windows underway: those being computed, and those that wait to be computed next. */
const WINDOWS_IN_FLIGHT = 4;
/** A window with more is full; bounds the memory for long texts. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

export interface EmbedFile {
  readonly source: RowSource;
  readonly embedder: TextEmbedder;
  readonly output: RowOutput;
  readonly progress: Progress;
  readonly onError: 'skip' | 'fail';
  readonly signal: AbortSignal;
}

interface Window {
  readonly rows: readonly Row[];
  /** The share of the input that had been read with this window; undefined = not known. */
  readonly fraction: number | undefined;
  readonly outcomes: Promise<readonly (TextVector | string)[]>;
}

/** Embeds the rows that the output does not have yet, in their order. Rows that are written stay, even if this fails later. */
export async function embedFile(options: EmbedFile): Promise<Done> {
  const { source, embedder, output, progress, signal } = options;
  const inFlight: Window[] = [];
  progress.update(source.progress(), output.done.rows);
  for await (const { rows, fraction } of windows(options)) {
    signal.throwIfAborted();
    const outcomes = embedRows(rows, embedder);
    outcomes.catch(() => undefined); // settling the window reports it, unless an earlier window failed
    inFlight.push({ rows, fraction, outcomes });
    if (inFlight.length === WINDOWS_IN_FLIGHT) await settle(inFlight.shift(), options);
  }
  while (inFlight.length > 0) await settle(inFlight.shift(), options);
  return output.done;
}

async function* windows({ source, embedder, output }: EmbedFile): AsyncGenerator<Pick<Window, 'rows' | 'fraction'>> {
  let toSkip = output.done.rows;
  let rows: Row[] = [];
  let characters = 0;
  for await (const row of source.rows) {
    if (toSkip > 0) {
      toSkip--;
      continue;
    }
    characters += row.text?.length ?? 0;
    if (rows.push(row) === embedder.mostTexts || characters > MOST_CHARACTERS) {
      yield { rows, fraction: source.progress() };
      rows = [];
      characters = 0;
    }
  }
  if (rows.length > 0) yield { rows, fraction: 1 };
}

/** A text that occurs twice in a window is computed once. */
async function embedRows(rows: readonly Row[], embedder: TextEmbedder): Promise<readonly (TextVector | string)[]> {
  const texts = [...new Set(rows.flatMap((row) => textToEmbed(row) ?? []))];
  const vectors = await embedder.embed(texts);
  const byText = new Map(texts.map((text, index) => [text, vectors[index]]));
  return rows.map((row) => byText.get(textToEmbed(row) ?? '') ?? row.fault ?? 'was not computed');
}

async function settle(window: Window | undefined, { output, progress, onError }: EmbedFile): Promise<void> {
  if (window === undefined) return;
  const outcomes = await window.outcomes;
  const results = window.rows.map((row, index): Result => ({ row, outcome: outcomes[index] ?? 'was not computed' }));
  for (const { row, outcome } of results) {
    if (typeof outcome !== 'string') continue;
    const fault = `${nameOfRow(row)} ${outcome}`;
    if (onError === 'fail') throw new CommandError(`${fault}. Correct it, or skip such rows with --on-error skip`);
    progress.say(fault);
  }
  await output.append(results);
  progress.update(window.fraction, output.done.rows);
}

function nameOfRow({ name, line, file }: Row): string {
  return name ?? `line ${line}${file === undefined ? '' : ` of ${file}`}`;
}
