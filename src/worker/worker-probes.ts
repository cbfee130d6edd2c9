import { metricsOfThisProcess, metricsPage, openSideServer, type SideAnswer, type SideServer } from '../process/index.js';

const ALIVE: SideAnswer = { contentType: 'application/json', body: '{"status":"ok"}' };

/** Serves /metrics and /health/live, in a process that serves nothing else. Resolves when it listens. */
export async function serveWorkerProbes(port: number): Promise<SideServer> {
  return await openSideServer({
    setting: 'WORKER_PORT',
    port,
    routes: {
      '/metrics': async (accept) => await metricsPage(await metricsOfThisProcess(), accept),
      '/health/live': () => Promise.resolve(ALIVE),
    },
  });
}
