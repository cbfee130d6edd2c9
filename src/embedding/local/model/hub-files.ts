import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { originOf, rememberOrigin } from './origin.js';
import { sayNowAndThen, type Say } from './say-progress.js';

const DOWNLOAD_TIMEOUT_MS = 3_600_000;
const NOT_THERE = 404;

interface HubFilesOptions {
  readonly folder: string;
  /** A branch, tag or commit; undefined = the newest, or the one that the folder has. */
  readonly revision: string | undefined;
  readonly say: Say;
}

/** The files of one model on a hub, kept in a folder: all of them are of one revision, which is remembered. */
export class HubFiles {
  private constructor(
    readonly folder: string,
    private readonly url: string,
    readonly revision: string,
    private readonly say: Say,
  ) {}

  /**
   * Rejects when the hub does not know the model.
   */
  static async open(hubUrl: string, id: string, { folder, revision: asked, say }: HubFilesOptions): Promise<HubFiles> {
    const url = `${hubUrl.replace(/\/+$/, '')}/${id}/resolve`;
    const known = originOf(folder).revision;
    if (known !== undefined) return new HubFiles(folder, url, known, say);
    const revision = asked ?? 'main';
    const answer = await fetch(addressOf(url, revision, 'config.json'), { ...request(), method: 'HEAD', redirect: 'manual' });
    if (answer.status >= 400) throw new Error(refusal(answer.status, 'config.json', revision));
    const files = new HubFiles(folder, url, answer.headers.get('x-repo-commit') ?? revision, say);
    say(`Fetching ${id} at ${files.revision} into ${folder}`);
    rememberOrigin(folder, { revision: files.revision });
    return files;
  }

  /** Fetches a file that is not in the folder yet; false = the model has none of that name. */
  async fetch(name: string): Promise<boolean> {
    const path = join(this.folder, name);
    if (existsSync(path)) return true;
    const answer = await fetch(addressOf(this.url, this.revision, name), request());
    if (answer.status === NOT_THERE) return false;
    if (!answer.ok || answer.body === null) throw new Error(refusal(answer.status, name, this.revision));
    const expectedBytes = Number(answer.headers.get('content-length') ?? NaN);
    await store(path, answer.body, { expectedBytes, progress: sayBytes(this.say, name, expectedBytes) });
    return true;
  }

  async fetchNeeded(name: string): Promise<void> {
    if (!(await this.fetch(name))) throw new Error(refusal(NOT_THERE, name, this.revision));
  }
}

interface StoreOptions {
  /** NaN = not known. */
  readonly expectedBytes: number;
  readonly progress: (bytes: number) => void;
}

/** Under its name only when it is whole. */
async function store(path: string, body: ReadableStream, { expectedBytes, progress }: StoreOptions): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  try {
    const file = createWriteStream(partial);
    await pipeline(Readable.fromWeb(body), (chunks: AsyncIterable<Buffer>) => counted(chunks, progress), file);
    if (Number.isFinite(expectedBytes) && file.bytesWritten < expectedBytes) throw new Error(`${path} ended early`);
    renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Passes chunks on, and tells how many bytes have come. */
async function* counted(chunks: AsyncIterable<Buffer>, progress: (bytes: number) => void): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    progress(bytes);
    yield chunk;
  }
}

function sayBytes(say: Say, name: string, expectedBytes: number): (bytes: number) => void {
  const sayLine = sayNowAndThen(say);
  const whole = Number.isFinite(expectedBytes) ? ` of ${inMib(expectedBytes)}` : '';
  return (bytes) => sayLine(() => `Fetching ${name}: ${inMib(bytes)}${whole} MiB`);
}

function inMib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

function addressOf(url: string, revision: string, name: string): string {
  return `${url}/${encodeURIComponent(revision)}/${name.split('/').map(encodeURIComponent).join('/')}`;
}

/** HF_TOKEN opens models that a user must agree to first; fetch does not pass it on to another host. */
function request(): RequestInit {
  const token = process.env['HF_TOKEN'];
  return {
    signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS),
    headers: token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` },
  };
}

function refusal(status: number, name: string, revision: string): string {
  if (status === NOT_THERE) return `there is no ${name} at ${revision}`;
  if (status === 401 || status === 403)
    return `${name} was refused (${status}): the model is private, gated or not there; HF_TOKEN is sent where it is set`;
  return `${name} was answered with ${status}`;
}
