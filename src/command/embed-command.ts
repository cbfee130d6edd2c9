import { addAbortSignal } from 'node:stream';
import { ServiceError } from '../errors/index.js';
import { checkPaths } from './check-paths.js';
import { CommandError, StoppedError, UsageError } from './command-error.js';
import { CommandLogger } from './command-logger.js';
import { embedFile } from './embed-file.js';
import { planOf, type EmbedCommand, type EmbedPlan } from './embed-plan.js';
import { saidWaits } from './embedder/said-waits.js';
import type { TextEmbedder } from './embedder/text-embedder.port.js';
import { outputFormat } from './output/output-format.js';
import { PartialOutput } from './output/partial-output.js';
import type { Done, RowOutput } from './output/row-output.port.js';
import { StreamOutput } from './output/stream-output.js';
import { PostgresOutput } from './postgres/postgres-output.js';
import { ProgressBar } from './progress/progress-bar.js';
import { ProgressLines } from './progress/progress-lines.js';
import type { Progress } from './progress/progress.port.js';
import { quoted } from './postgres/table-name.js';
import { ChunkedRows } from './rows/chunked-rows.js';
import { findInputs } from './rows/find-inputs.js';
import { InputRows } from './rows/input-rows.js';
import { runKey } from './run-key.js';
import { isStandardStream } from './standard-stream.js';

/** Embeds files, and resolves to the counts of rows. Rejects with a CommandError or a SettingsError. */
export async function runEmbedCommand(command: EmbedCommand, signal: AbortSignal): Promise<EmbedEnd> {
  const { inputs, remarks } = await findInputs(command.inputs);
  const plan = planOf(command, inputs);
  checkPaths({ ...command, inputs, out: plan.target.kind === 'file' ? plan.target.path : undefined });
  try {
    if (command.inputs.some(isStandardStream)) addAbortSignal(signal, process.stdin);
    const source = await InputRows.open({ ...plan, limit: command.limit });
    return await embedRows(command, { plan, source, signal, remarks });
  } catch (error) {
    throw signal.aborted && !(error instanceof StoppedError) ? endOf(error, undefined, signal) : error;
  }
}

/** The result of the command. */
export interface EmbedEnd extends Done {
  /** The output, for messages. */
  readonly output: string;
  /** Further lines for the user. */
  readonly remarks: readonly string[];
}

interface Run {
  readonly plan: EmbedPlan;
  readonly source: InputRows;
  readonly signal: AbortSignal;
  /** Lines about the inputs. */
  readonly remarks: readonly string[];
}

async function embedRows(command: EmbedCommand, { plan, source, signal, remarks }: Run): Promise<EmbedEnd> {
  const progress = openProgress();
  for (const line of remarks) progress.say(line);
  const embedder = await openEmbedder(command, plan, { progress, signal });
  try {
    const output = await openOutput(command, { plan, embedder, progress, signal });
    progress.say(beginning(output.done, embedder));
    try {
      const wanted = output.newOf?.(source) ?? source;
      const rows = embedder.cut === undefined ? wanted : new ChunkedRows(wanted, embedder.cut);
      await embedFile({ source: rows, embedder, output, progress, onError: command.onError, signal });
      await output.finish();
      return endWith(output, plan, source);
    } catch (error) {
      throw endOf(error, await output.interrupt(), signal);
    }
  } finally {
    progress.stop();
    await embedder.close();
  }
}

function endWith(written: RowOutput, { target }: EmbedPlan, source: InputRows): EmbedEnd {
  const empty = source.emptyFiles();
  return {
    ...written.done,
    output: target.kind === 'table' ? `table ${quoted(target.name)}` : isStandardStream(target.path) ? 'standard output' : target.path,
    remarks: [...(written.remarks?.() ?? []), ...(empty > 0 ? [`${empty} empty ${empty === 1 ? 'file' : 'files'}`] : [])],
  };
}

/** The words for the user when the command ends early. `resuming`: how another run goes on. */
function endOf(error: unknown, resuming: string | undefined, signal: AbortSignal): unknown {
  if (signal.aborted) return new StoppedError(`stopped; ${resuming ?? 'there is nothing to resume'}`);
  const isExpected = error instanceof CommandError || error instanceof ServiceError;
  if (!isExpected || error instanceof UsageError) return error;
  return new CommandError(resuming === undefined ? error.message : `${error.message}. ${resuming}`, { cause: error });
}

function beginning({ rows }: Done, { model, dimensions }: TextEmbedder): string {
  return `${model}, ${dimensions} dimensions${rows === 0 ? '' : `; continuing after ${rows} rows`}`;
}

function openProgress(): Progress {
  if (process.stderr.isTTY) return new ProgressBar();
  return new ProgressLines((line) => void process.stderr.write(`${line}\n`));
}

interface Surroundings {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

async function openEmbedder(command: EmbedCommand, { chunk }: EmbedPlan, { progress, signal }: Surroundings): Promise<TextEmbedder> {
  const { model, url, apiKey, inputType, truncate = 'end', outputDtype: outputType = 'float' } = command;
  const options = { inputType, truncate, outputType, signal };
  if (url === undefined) {
    const [{ loadSettings }, { LocalTextEmbedder }] = await localEmbedding();
    return await LocalTextEmbedder.start(loadSettings({}, model), { ...options, chunk, logger: new CommandLogger(progress) });
  }
  const { RemoteTextEmbedder } = await import('./embedder/remote-text-embedder.js');
  return await RemoteTextEmbedder.connect({ ...options, url, apiKey, model, onWait: saidWaits((line) => progress.say(line)) });
}

/** Nest and the model, which a run on a service (`--url`) does without. */
async function localEmbedding() {
  return await Promise.all([import('../config/index.js'), import('./embedder/local-text-embedder.js')]);
}

interface OutputOptions extends Surroundings {
  readonly plan: EmbedPlan;
  readonly embedder: TextEmbedder;
}

async function openOutput(command: EmbedCommand, { plan, embedder, progress, signal }: OutputOptions): Promise<RowOutput> {
  const { target, kept, chunk, isResumable } = plan;
  if (target.kind === 'table') {
    const say = (line: string): void => progress.say(line);
    const { inputType, truncate = 'end' } = command;
    const documentOptions = { inputType, truncate, chunkTokens: chunk?.tokens, chunkOverlap: chunk?.overlap };
    return await PostgresOutput.open({ target, space: embedder, documentOptions, all: command.force === true, signal, say });
  }
  const { path, format } = target;
  const shape = { type: command.outputDtype ?? 'float', dimensions: embedder.dimensions, kept, isChunked: chunk !== undefined };
  if (isStandardStream(path)) return new StreamOutput(process.stdout, outputFormat(format, shape));
  const key = runKey(command, plan, embedder);
  return await PartialOutput.open({ path, format, shape, key, resume: command.resume === true, isResumable });
}
