import { existsSync } from 'node:fs';
import { open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { CommandError } from '../command-error.js';
import { outputFormat, type OutputFormat, type OutputName, type VectorShape } from './output-format.js';
import type { Result } from './result.js';

/** A run can resume another one only if these are the same, and neither has one that the other has not. */
type RunKey = Readonly<Record<string, string | number | null>>;

export interface Done {
  /** Rows of the input that are done, in its order. */
  readonly rows: number;
  /** Counts those of them that have a vector, and those that have a fault. */
  readonly written: number;
  readonly failed: number;
}

interface Checkpoint extends Done {
  readonly key: RunKey;
  /** Bytes of the partial file that count; results behind them may be incomplete. */
  readonly bytes: number;
}

interface PartialOutputOptions {
  readonly path: string;
  readonly format: OutputName;
  readonly shape: VectorShape;
  readonly key: RunKey;
  readonly resume: boolean;
}

const NOTHING: Done = { rows: 0, written: 0, failed: 0 };

/**
 * OUTPUT.partial grows by results; OUTPUT.partial.json, which is always replaced as a whole, says how many of its bytes count.
 * After any end of the process, the next run cuts off the other bytes and resumes. OUTPUT itself appears at the end, complete.
 */
export class PartialOutput {
  private constructor(
    private readonly options: PartialOutputOptions,
    private readonly format: OutputFormat,
    private readonly file: FileHandle,
    private checkpoint: Checkpoint,
  ) {}

  static async open(options: PartialOutputOptions): Promise<PartialOutput> {
    const format = outputFormat(options.format, options.shape);
    const partial = partialPath(options.path);
    const last = options.resume ? await lastCheckpoint(options) : undefined;
    const file = await open(partial, last === undefined ? 'w+' : 'r+');
    if (last !== undefined) await file.truncate(last.bytes);
    else await file.write(format.head, 0, format.head.byteLength, 0);
    const output = new PartialOutput(options, format, file, last ?? { ...NOTHING, key: options.key, bytes: format.head.byteLength });
    if (last === undefined) await output.save();
    return output;
  }

  /** The state that an interrupted run has left for this output. */
  static exists(path: string): boolean {
    return existsSync(checkpointPath(path));
  }

  get done(): Done {
    return this.checkpoint;
  }

  async append(results: readonly Result[]): Promise<void> {
    const bytes = this.format.encode(results);
    const { bytes: end, rows, written, failed } = this.checkpoint;
    await this.file.write(bytes, 0, bytes.byteLength, end);
    await this.file.datasync();
    const faults = results.filter(({ outcome }) => typeof outcome === 'string').length;
    this.checkpoint = {
      key: this.options.key,
      bytes: end + bytes.byteLength,
      rows: rows + results.length,
      written: written + results.length - faults,
      failed: failed + faults,
    };
    await this.save();
  }

  /** Moves the finished output to its path. */
  async finish(): Promise<void> {
    const { path } = this.options;
    const partial = partialPath(path);
    const whole = await this.format.finish({ path: partial, file: this.file });
    await this.file.sync();
    await this.file.close();
    await rename(whole, path);
    await this.removePartial();
  }

  /** Keeps the results for a run that resumes; without results it leaves no files. */
  async interrupt(): Promise<void> {
    await this.file.close();
    if (this.checkpoint.rows === 0) await this.removePartial();
  }

  private async removePartial(): Promise<void> {
    await rm(partialPath(this.options.path), { force: true });
    await rm(checkpointPath(this.options.path), { force: true });
  }

  private async save(): Promise<void> {
    const target = checkpointPath(this.options.path);
    await writeFile(`${target}.new`, JSON.stringify(this.checkpoint));
    await rename(`${target}.new`, target);
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
  const names = [...new Set([...Object.keys(key), ...Object.keys(checkpoint.key)])];
  const different = names.filter((name) => checkpoint.key[name] !== key[name]);
  if (different.length > 0) {
    throw new CommandError(
      `cannot go on with ${partialPath(path)}: another ${different.join(', ')} than when it was begun; --force starts again`,
    );
  }
  return checkpoint;
}
