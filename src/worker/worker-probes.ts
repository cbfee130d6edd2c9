import { metricsOfThisProcess, metricsPage, openSideServer, type SideAnswer, type SideServer } from '../process/index.js';

/** The readiness of a worker. */
export interface WorkerReadiness {
  isReady(): Promise<boolean>;
}

const OK: SideAnswer = { contentType: 'application/json', body: '{"status":"ok"}' };

/** Serves /metrics, /health/live and /health/ready, in a process that serves nothing else. Resolves when it listens. */
export async function serveWorkerProbes(port: number, readiness: WorkerReadiness): Promise<SideServer> {
  return await openSideServer({
    setting: 'WORKER_PORT',
    port,
    routes: {
      '/metrics': async (accept) => await metricsPage(await metricsOfThisProcess(), accept),
      '/health/live': () => Promise.resolve(OK),
      '/health/ready': async () => await okIfReady(readiness),
    },
  });
}

/** Rejects if the worker is not ready, and the side server answers with 503. */
async function okIfReady(readiness: WorkerReadiness): Promise<SideAnswer> {
  if (await readiness.isReady()) return OK;
  throw new Error('not ready');
}
