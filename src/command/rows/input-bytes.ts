import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { types } from 'node:util';
import { createGunzip } from 'node:zlib';
import { faultOfSystem } from '../system-fault.js';
import { isStandardStream } from '../standard-stream.js';
import { InputFault } from './input-fault.js';
import { nameOfInput, type InputFile } from './input-file.js';
import { faultOfFirstBytes, isGzip } from './kind-of-bytes.js';

/** Reads the bytes of a text file or of standard input once. Unpacks gzip, which the first bytes show. */
export class InputBytes {
  /** Bytes of the unpacked content that became rows. */
  used = 0;
  private read = 0;
  private unpacked = 0;
  private size: number | undefined;
  private stream: Readable | undefined;

  /** The input in messages. */
  readonly name: string;

  constructor(private readonly input: Pick<InputFile, 'path'>) {
    this.name = nameOfInput(input);
  }

  /** The share of the input that became rows, 0 to 1; undefined = the size is not known. */
  fraction(): number | undefined {
    if (this.size === undefined) return undefined;
    if (this.size === 0 || this.unpacked === 0) return 0;
    return Math.min(1, (this.read / this.size) * (this.used / this.unpacked));
  }

  async *chunks(): AsyncGenerator<Buffer> {
    const { name } = this;
    try {
      for await (const chunk of await this.content()) {
        this.unpacked += chunk.byteLength;
        if (chunk.includes(0)) throw new InputFault(name, 'is not a text file: it has bytes of value 0');
        yield chunk;
      }
    } catch (error) {
      const fault = faultOfGzip(error) ?? faultOfSystem(error);
      throw fault === undefined ? error : new InputFault(name, `cannot be read: ${fault}`, { cause: error });
    } finally {
      this.stream?.destroy();
    }
  }

  private async content(): Promise<AsyncIterable<Buffer>> {
    const chunks = this.raw();
    const { value: first = Buffer.alloc(0) } = await chunks.next();
    const fault = faultOfFirstBytes(first);
    if (fault !== undefined) throw new InputFault(this.name, fault);
    const all = startedWith(first, chunks);
    return isGzip(first) ? gunzipped(all) : all;
  }

  private async *raw(): AsyncGenerator<Buffer, undefined> {
    const { path } = this.input;
    if (!isStandardStream(path)) this.size = (await stat(path)).size;
    this.stream = isStandardStream(path) ? process.stdin : createReadStream(path);
    for await (const chunk of this.stream as AsyncIterable<Buffer>) {
      this.read += chunk.byteLength;
      yield chunk;
    }
  }
}

async function* startedWith(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function* gunzipped(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  pipeline(Readable.from(packed), gunzip).catch(() => undefined); // the loop below gets the same error
  for await (const chunk of gunzip as AsyncIterable<Buffer>) yield chunk;
}

function faultOfGzip(error: unknown): string | undefined {
  const isOfGzip = types.isNativeError(error) && 'code' in error && String(error.code).startsWith('Z_');
  return isOfGzip ? `its gzip data is damaged or incomplete (${error.message})` : undefined;
}
