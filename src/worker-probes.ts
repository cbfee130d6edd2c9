import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { register } from 'prom-client';
import { SettingsError } from './config/index.js';

/** What is asked of a process that serves nothing else: /metrics, and /health/live. Resolves when it listens. */
export async function serveWorkerProbes(port: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/metrics') {
      void register.metrics().then((text) => response.writeHead(200, { 'content-type': register.contentType }).end(text));
    } else if (request.url === '/health/live') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
    } else {
      response.writeHead(404).end();
    }
  }).listen(port);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new SettingsError([`WORKER_PORT=${port} cannot be listened on: ${error instanceof Error ? error.message : String(error)}`]);
  }
  return server;
}
