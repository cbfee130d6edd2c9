import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SettingsError } from '../../../config/index.js';
import { childPort, Link } from '../../../link/index.js';
import { DOWNLOAD, type ModelDownload } from './model-download-messages.js';

const DOWNLOAD_PROGRAM = fileURLToPath(new URL('./model-download-process.js', import.meta.url));
const DOWNLOAD_TIMEOUT_MS = 3_600_000;

/** Fetches a model into the cache folder, in a process of its own: this one never loads ONNX Runtime. */
export async function downloadModel(download: ModelDownload): Promise<void> {
  const child = fork(DOWNLOAD_PROGRAM, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [], timeout: DOWNLOAD_TIMEOUT_MS });
  try {
    await new Link(childPort(child, 'the download')).ask(DOWNLOAD, download);
  } catch (error) {
    throw new SettingsError([
      `EMBEDDING_MODEL=${download.id} cannot be fetched from ${download.hubUrl} (HF_ENDPOINT): ${(error as Error).message}. ` +
        `Check the name and the network, or put the model into ${download.cacheDir}/${download.id} and set HF_HUB_OFFLINE=true`,
    ]);
  } finally {
    child.kill();
  }
}
