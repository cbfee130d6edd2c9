/** The program of a download: transformers.js fetches the files it needs and keeps them in its cache folder. */
import { AutoModel, AutoTokenizer, env } from '@xenova/transformers';
import type { DownloadReply, ModelDownload } from './model-download.js';

async function download({ id, dtype, cacheDir, hubUrl }: ModelDownload): Promise<DownloadReply> {
  env.allowLocalModels = false;
  env.cacheDir = cacheDir;
  env.remoteHost = hubUrl.endsWith('/') ? hubUrl : `${hubUrl}/`;
  try {
    await AutoTokenizer.from_pretrained(id);
    await AutoModel.from_pretrained(id, { dtype: dtype as 'q8', device: 'cpu' });
    return { type: 'done' };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
    return { type: 'failed', message: `${error instanceof Error ? error.message : String(error)}${cause}` };
  }
}

process.once('message', (request: ModelDownload) => {
  void download(request).then((reply) => process.send?.(reply)); // download() catches what can fail
});
process.once('disconnect', () => process.exit(0));
