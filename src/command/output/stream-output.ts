import type { Writable } from 'node:stream';
import { CommandError } from '../command-error.js';
import { faultOfSystem } from '../system-fault.js';
import type { OutputFormat } from './output-format.js';
import type { Result } from './result.js';
import { doneWith, NOTHING_DONE, type Done, type RowOutput } from './row-output.port.js';

/** Writes results to a stream, such as standard output. Another run cannot resume it. */
export class StreamOutput implements RowOutput {
  done: Done = NOTHING_DONE;

  constructor(
    private readonly stream: Writable,
    private readonly format: Pick<OutputFormat, 'encode'>,
  ) {}

  async append(results: readonly Result[]): Promise<void> {
    await this.write(this.format.encode(results));
    this.done = doneWith(this.done, results);
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  interrupt(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** Resolves when the reader has taken the bytes. */
  private async write(bytes: Buffer): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.stream.write(bytes, (error) => {
        if (error === undefined || error === null) resolve();
        else reject(new CommandError(`cannot write the output: ${faultOfSystem(error) ?? error.message}`, { cause: error }));
      });
    });
  }
}
