import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SettingsError } from '../../../config/index.js';

const DOWNLOAD_PROGRAM = fileURLToPath(new URL('./model-download-process.js', import.meta.url));
const DOWNLOAD_TIMEOUT_MS = 3_600_000;

export interface ModelDownload {
  /** As the hub names it: owner/name. */
  readonly id: string;
  readonly dtype: string;
  readonly cacheDir: string;
  readonly hubUrl: string;
}

export type DownloadReply = { readonly type: 'done' } | { readonly type: 'failed'; readonly message: string };

/** Fetches a model into the cache folder, in a process of its own: this one never loads ONNX Runtime. */
export async function downloadModel(download: ModelDownload): Promise<void> {
  const child = fork(DOWNLOAD_PROGRAM, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [], timeout: DOWNLOAD_TIMEOUT_MS });
  const reply = await new Promise<DownloadReply>((resolve) => {
    child.once('message', (message: DownloadReply) => resolve(message));
    child.once('exit', (code, signal) => resolve({ type: 'failed', message: `the download ended with ${signal ?? `code ${code}`}` }));
    child.send(download);
  });
  child.kill();
  if (reply.type === 'done') return;
  throw new SettingsError([
    `EMBEDDING_MODEL=${download.id} cannot be fetched from ${download.hubUrl} (HF_ENDPOINT): ${reply.message}. ` +
      `Check the name and the network, or put the model into ${download.cacheDir}/${download.id} and set HF_HUB_OFFLINE=true`,
  ]);
}
