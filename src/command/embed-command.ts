import { existsSync, statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { loadSettings } from '../config/index.js';
import type { Truncate } from '../embedding/index.js';
import type { OutputType } from '../vectors/index.js';
import { CommandError } from './command-error.js';
import { embedFile } from './embed-file.js';
import { CommandLogger } from './command-logger.js';
import { LocalTextEmbedder } from './embedder/local-text-embedder.js';
import { RemoteTextEmbedder } from './embedder/remote-text-embedder.js';
import type { TextEmbedder } from './embedder/text-embedder.port.js';
import { OUTPUT_FORMATS, type OutputName } from './output/output-format.js';
import { PartialOutput, type Done } from './output/partial-output.js';
import { ProgressBar } from './progress/progress-bar.js';
import { ProgressLines } from './progress/progress-lines.js';
import type { Progress } from './progress/progress.port.js';
import { INPUT_FORMATS, openRows, type InputFormat } from './rows/open-rows.js';

export interface EmbedCommand {
  readonly input: string;
  readonly out: string;
  readonly from?: InputFormat;
  readonly to?: OutputName;
  readonly column?: string;
  readonly field?: string;
  readonly id?: string;
  readonly inputType?: string;
  readonly outputDtype?: OutputType;
  readonly truncate?: Truncate;
  readonly url?: string;
  readonly apiKey?: string;
  readonly onError: 'skip' | 'fail';
  readonly resume?: boolean;
  readonly force?: boolean;
}

/** Embeds a file, and resolves to the counts of rows. Rejects with a CommandError or SettingsError, or with the signal's reason. */
export async function runEmbedCommand(command: EmbedCommand, signal: AbortSignal): Promise<Done> {
  const from = formatOf(command.from, command.input, { names: INPUT_FORMATS, option: '--from' });
  const to = formatOf(command.to, command.out, { names: OUTPUT_FORMATS, option: '--to' });
  checkPaths(command);
  const { size, mtimeMs } = statSync(command.input);
  const text = command.column ?? command.field;
  const progress = openProgress();
  const embedder = await openEmbedder(command, progress, signal);
  try {
    const { space, dimensions, model } = embedder;
    const { outputDtype: type = 'float', truncate = 'end' } = command;
    const key = {
      input: resolve(command.input),
      size,
      mtimeMs,
      from,
      to,
      text: text ?? null,
      id: command.id ?? null,
      space,
      ...(command.inputType !== undefined && { inputType: command.inputType }),
      ...(type !== 'float' && { outputDtype: type }),
      ...(truncate !== 'end' && { truncate }),
    };
    const shape = { type, dimensions };
    const output = await PartialOutput.open({ path: command.out, format: to, shape, key, resume: command.resume === true });
    progress.say(beginning(output.done, model, dimensions));
    const source = openRows(command.input, from, { text, id: command.id });
    try {
      const done = await embedFile({ source, embedder, output, progress, onError: command.onError, signal });
      await output.finish();
      return done;
    } catch (error) {
      await output.interrupt();
      throw error;
    }
  } finally {
    progress.stop();
    await embedder.close();
  }
}

function beginning({ rows }: Done, model: string, dimensions: number): string {
  return rows === 0 ? `${model}, ${dimensions} dimensions` : `${model}, ${dimensions} dimensions; going on after ${rows} rows`;
}

function openProgress(): Progress {
  if (process.stderr.isTTY) return new ProgressBar();
  return new ProgressLines((line) => void process.stderr.write(`${line}\n`));
}

async function openEmbedder(command: EmbedCommand, progress: Progress, signal: AbortSignal): Promise<TextEmbedder> {
  const { url, apiKey, inputType, truncate = 'end', outputDtype: outputType = 'float' } = command;
  const options = { inputType, truncate, outputType, signal };
  if (url === undefined) return await LocalTextEmbedder.start(loadSettings(), { ...options, logger: new CommandLogger(progress) });
  const onWait = (pauseMs: number, reason: string): void => progress.say(`${reason}: going on in ${Math.ceil(pauseMs / 1000)} s`);
  return await RemoteTextEmbedder.connect({ ...options, url: url.replace(/\/+$/, ''), apiKey, onWait });
}

function checkPaths({ input, out, resume, force }: EmbedCommand): void {
  if (!existsSync(input) || !statSync(input).isFile()) throw new CommandError(`there is no file ${input}`);
  if (resolve(input) === resolve(out)) throw new CommandError('input and output are the same file');
  if (force === true) return;
  if (existsSync(out)) throw new CommandError(`${out} is there already: choose another --out, or replace it with --force`);
  if (resume !== true && PartialOutput.exists(out)) {
    throw new CommandError(`${out}.partial is there from a run that did not end: go on with --resume, or start again with --force`);
  }
}

const ALIASES: Readonly<Record<string, string>> = { ndjson: 'jsonl', text: 'txt', pq: 'parquet' };

interface FormatNames<T extends string> {
  readonly names: readonly T[];
  readonly option: string;
}

/** The format of the options, or else the one of the file's ending. */
function formatOf<T extends string>(asked: T | undefined, path: string, { names, option }: FormatNames<T>): T {
  if (asked !== undefined) return asked;
  const ending = extname(path).slice(1).toLowerCase();
  const format = names.find((name) => name === (ALIASES[ending] ?? ending));
  if (format === undefined)
    throw new CommandError(`the format of ${path} is not to be seen from its name: say it with ${option} (${names.join(', ')})`);
  return format;
}
