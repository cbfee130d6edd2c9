export { serveWorkerProbes } from './worker-probes.js';
export { WorkerModule } from './worker.module.js';
