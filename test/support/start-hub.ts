import { once } from 'node:events';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { BUNDLED_MODEL } from './model-folder.js';

export interface StartedHub {
  readonly url: string;
  /** Revisions and names of the files that were asked for so far, such as main/config.json. */
  readonly asked: readonly string[];
  /** From now on, the branch main is this commit, with the files of this folder. */
  commit(commit: string, folder: string): void;
  stop(): Promise<void>;
}

export const FIRST_COMMIT = 'c0ffee0000000000000000000000000000000001';

/** A model hub that has one model under this id, as Hugging Face serves it; the bundled one unless told otherwise. */
export async function startHub(id: string, folder = BUNDLED_MODEL): Promise<StartedHub> {
  const asked: string[] = [];
  const folders = new Map([[FIRST_COMMIT, folder]]);
  let newest = FIRST_COMMIT;
  const server = createServer((request, response) => {
    const [, name, revision = '', file = ''] = /^\/([^/]+\/[^/]+)\/resolve\/([\w.-]+)\/([\w./-]+)$/.exec(request.url ?? '') ?? [];
    const commit = revision === 'main' ? newest : revision;
    const path = join(folders.get(commit) ?? '/nowhere', file);
    asked.push(`${revision}/${file}`);
    if (name !== id || file.includes('..') || !existsSync(path)) {
      response.writeHead(404).end('Entry not found');
      return;
    }
    response.writeHead(200, { 'content-length': statSync(path).size, 'x-repo-commit': commit });
    if (request.method === 'HEAD') response.end();
    else createReadStream(path).pipe(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The hub has no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    commit: (commit, files) => {
      folders.set(commit, files);
      newest = commit;
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
