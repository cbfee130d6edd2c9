/** The program of a download: transformers.js fetches the files it needs and keeps them in its cache folder. */
import { AutoModel, AutoTokenizer, env } from '@xenova/transformers';
import { Link, parentLinkPort } from '../../../link/index.js';
import { DOWNLOAD, type ModelDownload } from './model-download-messages.js';

async function download({ id, dtype, cacheDir, hubUrl }: ModelDownload): Promise<void> {
  env.allowLocalModels = false;
  env.cacheDir = cacheDir;
  env.remoteHost = hubUrl.endsWith('/') ? hubUrl : `${hubUrl}/`;
  try {
    await AutoTokenizer.from_pretrained(id);
    await AutoModel.from_pretrained(id, { dtype: dtype as 'q8', device: 'cpu' });
  } catch (error) {
    throw new Error(messageOf(error), { cause: error });
  }
}

/** With the message of the cause, where the failure of the network stands. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

process.once('disconnect', () => process.exit(0));
new Link(parentLinkPort()).answer(DOWNLOAD, download);
