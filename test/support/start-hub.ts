import { once } from 'node:events';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { BUNDLED_MODEL } from './model-folder.js';

export interface StartedHub {
  readonly url: string;
  /** The files that were requested so far. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/** Starts a model hub that has only the bundled model, under this id. */
export async function startHub(id: string): Promise<StartedHub> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const [, name, file = ''] = /^\/([^/]+\/[^/]+)\/resolve\/main\/([\w./-]+)$/.exec(request.url ?? '') ?? [];
    const path = join(BUNDLED_MODEL, file);
    asked.push(file);
    if (name !== id || file.includes('..') || !existsSync(path)) {
      response.writeHead(404).end('Entry not found');
      return;
    }
    response.writeHead(200, { 'content-length': statSync(path).size });
    if (request.method === 'HEAD') response.end();
    else createReadStream(path).pipe(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The hub has no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
