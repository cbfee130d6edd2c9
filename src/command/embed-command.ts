import { addAbortSignal } from 'node:stream';
import { loadSettings } from '../config/index.js';
import { ServiceError } from '../errors/index.js';
import { checkPaths } from './check-paths.js';
import { CommandError, StoppedError, UsageError } from './command-error.js';
import { CommandLogger } from './command-logger.js';
import { embedFile } from './embed-file.js';
import { planOf, type EmbedCommand, type EmbedPlan } from './embed-plan.js';
import { LocalTextEmbedder } from './embedder/local-text-embedder.js';
import { RemoteTextEmbedder } from './embedder/remote-text-embedder.js';
import type { TextEmbedder } from './embedder/text-embedder.port.js';
import { outputFormat } from './output/output-format.js';
import { PartialOutput } from './output/partial-output.js';
import type { Done, RowOutput } from './output/row-output.port.js';
import { StreamOutput } from './output/stream-output.js';
import { ProgressBar } from './progress/progress-bar.js';
import { ProgressLines } from './progress/progress-lines.js';
import type { Progress } from './progress/progress.port.js';
import { ChunkedRows } from './rows/chunked-rows.js';
import { InputRows } from './rows/input-rows.js';
import type { RowSource } from './rows/row.js';
import { runKey } from './run-key.js';
import { isStandardStream } from './standard-stream.js';

/** Embeds files, and resolves to the counts of rows. Rejects with a CommandError or a SettingsError. */
export async function runEmbedCommand(command: EmbedCommand, signal: AbortSignal): Promise<Done> {
  const plan = planOf(command);
  checkPaths(command);
  try {
    if (command.inputs.some(isStandardStream)) addAbortSignal(signal, process.stdin);
    const source = await InputRows.open({ ...plan, limit: command.limit });
    return await embedRows(command, { plan, source, signal });
  } catch (error) {
    throw signal.aborted && !(error instanceof StoppedError) ? endOf(error, 0, signal) : error;
  }
}

interface Run {
  readonly plan: EmbedPlan;
  readonly source: RowSource;
  readonly signal: AbortSignal;
}

async function embedRows(command: EmbedCommand, { plan, source: rows, signal }: Run): Promise<Done> {
  const progress = openProgress();
  const embedder = await openEmbedder(command, plan, { progress, signal });
  const source = embedder.cut === undefined ? rows : new ChunkedRows(rows, embedder.cut);
  try {
    const output = await openOutput(command, plan, embedder);
    progress.say(beginning(output.done, embedder));
    try {
      const done = await embedFile({ source, embedder, output, progress, onError: command.onError, signal });
      await output.finish();
      return done;
    } catch (error) {
      throw endOf(error, await output.interrupt(), signal);
    }
  } finally {
    progress.stop();
    await embedder.close();
  }
}

/** What the user is told when the command ends early; another run can resume after the `saved` rows. */
function endOf(error: unknown, saved: number, signal: AbortSignal): unknown {
  const resuming = `${rowsInWords(saved)} saved: the same command with --resume continues after ${saved === 1 ? 'it' : 'them'}`;
  if (signal.aborted) return new StoppedError(saved > 0 ? `stopped; ${resuming}` : 'stopped; there is nothing to resume');
  const isExpected = error instanceof CommandError || error instanceof ServiceError;
  if (!isExpected || error instanceof UsageError) return error;
  return new CommandError(saved > 0 ? `${error.message}. ${resuming}` : error.message, { cause: error });
}

function rowsInWords(count: number): string {
  return count === 1 ? '1 row is' : `${count} rows are`;
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
  const { url, apiKey, inputType, truncate = 'end', outputDtype: outputType = 'float' } = command;
  const options = { inputType, truncate, outputType, signal };
  if (url === undefined) return await LocalTextEmbedder.start(loadSettings(), { ...options, chunk, logger: new CommandLogger(progress) });
  const onWait = (pauseMs: number, reason: string): void => progress.say(`${reason}: trying again in ${Math.ceil(pauseMs / 1000)} s`);
  return await RemoteTextEmbedder.connect({ ...options, url: url.replace(/\/+$/, ''), apiKey, onWait });
}

async function openOutput(command: EmbedCommand, plan: EmbedPlan, embedder: TextEmbedder): Promise<RowOutput> {
  const { out: path, to: format, kept, isResumable } = plan;
  const shape = { type: command.outputDtype ?? 'float', dimensions: embedder.dimensions, kept, isChunked: plan.chunk !== undefined };
  if (isStandardStream(path)) return new StreamOutput(process.stdout, outputFormat(format, shape));
  const key = runKey(command, plan, embedder);
  return await PartialOutput.open({ path, format, shape, key, resume: command.resume === true, isResumable });
}
