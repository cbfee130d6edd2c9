import { existsSync } from 'node:fs';
import { open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { CommandError, UsageError } from '../command-error.js';
import { faultOfSystem } from '../system-fault.js';
import { outputFormat, type OutputFormat, type OutputName } from './output-format.js';
import type { OutputShape } from './output-shape.js';
import type { Result } from './result.js';
import { doneWith, NOTHING_DONE, savedInWords, type Done, type RowOutput } from './row-output.port.js';

/** The facts that decide the rows of an output, by the names that users know. A run resumes another one only if these are the same. */
export type RunKey = Readonly<Record<string, string | number>>;

interface Checkpoint extends Done {
  readonly key: RunKey;
  /** Bytes of the partial file that count; results behind them may be incomplete. */
  readonly bytes: number;
}

interface PartialOutputOptions {
  readonly path: string;
  readonly format: OutputName;
  readonly shape: OutputShape;
  readonly key: RunKey;
  readonly resume: boolean;
  /** Whether another run can read the input again. */
  readonly isResumable: boolean;
}

/**
 * OUTPUT.partial grows by results; OUTPUT.partial.json, which is always replaced as a whole, says how many of its bytes count.
 * After any end of the process, the next run cuts off the other bytes and resumes. OUTPUT itself appears at the end, complete.
 */
export class PartialOutput implements RowOutput {
  private constructor(
    private readonly options: PartialOutputOptions,
    private readonly format: OutputFormat,
    private readonly file: FileHandle,
    private checkpoint: Checkpoint,
  ) {}

  /** Rejects with a UsageError if the run to resume had other options, and with a CommandError if the system refuses to write. */
  static async open(options: PartialOutputOptions): Promise<PartialOutput> {
    const last = options.resume ? await lastCheckpoint(options) : undefined;
    return await naming(options.path, async () => {
      const format = outputFormat(options.format, options.shape);
      const file = await open(partialPath(options.path), last === undefined ? 'w+' : 'r+');
      const none = { ...NOTHING_DONE, key: options.key, bytes: format.head.byteLength };
      const output = new PartialOutput(options, format, file, last ?? none);
      try {
        if (last === undefined) await output.begin();
        else await file.truncate(last.bytes);
      } catch (error) {
        await output.interrupt();
        throw error;
      }
      return output;
    });
  }

  /** The state that an interrupted run has left for this output. */
  static exists(path: string): boolean {
    return existsSync(checkpointPath(path));
  }

  get done(): Done {
    return this.checkpoint;
  }

  async append(results: readonly Result[]): Promise<void> {
    await naming(this.options.path, async () => {
      const bytes = this.format.encode(results);
      const { bytes: end } = this.checkpoint;
      await this.write(bytes, end);
      await this.file.datasync();
      await this.save({ ...doneWith(this.checkpoint, results), key: this.options.key, bytes: end + bytes.byteLength });
    });
  }

  /** Moves the finished output to its path. */
  async finish(): Promise<void> {
    const { path } = this.options;
    await naming(path, async () => {
      const whole = await this.format.finish({ path: partialPath(path), file: this.file });
      await this.file.sync();
      await this.file.close();
      await rename(whole, path);
      await this.removePartial();
    });
  }

  async interrupt(): Promise<string | undefined> {
    await this.file.close();
    const { rows } = this.checkpoint;
    if (this.options.isResumable && rows > 0)
      return `${savedInWords(rows)}: the same command with --resume continues after ${rows === 1 ? 'it' : 'them'}`;
    await this.removePartial();
    return undefined;
  }

  private async begin(): Promise<void> {
    await this.write(this.format.head, 0);
    await this.save(this.checkpoint);
  }

  /** The system may take only some of the bytes at a time, for example when the disk is nearly full. */
  private async write(bytes: Buffer, position: number): Promise<void> {
    for (let written = 0; written < bytes.byteLength;) {
      const { bytesWritten } = await this.file.write(bytes, written, bytes.byteLength - written, position + written);
      written += bytesWritten;
    }
  }

  private async removePartial(): Promise<void> {
    await rm(partialPath(this.options.path), { force: true });
    await rm(checkpointPath(this.options.path), { force: true });
  }

  private async save(checkpoint: Checkpoint): Promise<void> {
    const target = checkpointPath(this.options.path);
    const next = `${target}.new`;
    try {
      await writeFile(next, JSON.stringify(checkpoint));
      await rename(next, target);
    } catch (error) {
      await rm(next, { force: true });
      throw error;
    }
    this.checkpoint = checkpoint;
  }
}

/** Names the output in the errors of the system. */
async function naming<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const fault = faultOfSystem(error);
    throw fault === undefined ? error : new CommandError(`cannot write ${path}: ${fault}`, { cause: error });
  }
}

function partialPath(path: string): string {
  return `${path}.partial`;
}

function checkpointPath(path: string): string {
  return `${partialPath(path)}.json`;
}

/** Undefined = there is nothing to resume. */
async function lastCheckpoint({ path, key }: PartialOutputOptions): Promise<Checkpoint | undefined> {
  if (!existsSync(checkpointPath(path)) || !existsSync(partialPath(path))) return undefined;
  const checkpoint = JSON.parse(await readFile(checkpointPath(path), 'utf8')) as Checkpoint;
  const differences = differencesOf(checkpoint.key, key);
  if (differences.length === 0) return checkpoint;
  throw new UsageError(
    `cannot resume ${partialPath(path)}: ${differences.join('; ')}. Give what the first run had, or start again with --force`,
  );
}

/** In words; a name that only one of the runs has counts too. */
function differencesOf(before: RunKey, now: RunKey): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return names
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name} was ${before[name] ?? 'not given'} and is now ${now[name] ?? 'not given'}`);
}
