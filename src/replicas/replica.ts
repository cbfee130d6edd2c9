import cluster, { type Worker } from 'node:cluster';
import { childPort, Link } from '../link/index.js';
import type { ProcessMetrics } from '../process/index.js';
import { closeUnclaimedConnections } from './handed-connections.js';
import { REPLICA_VARIABLE } from './link-to-primary.js';
import { METRICS } from './topics.js';

const METRICS_TIMEOUT_MS = 2_000;

/** One process that serves HTTP on the common port. It never outlives the primary: node:cluster ends it when their connection closes. */
export class Replica {
  readonly link: Link;
  /** Resolves to the port when the replica listens; undefined = it has ended before. */
  readonly listening: Promise<number | undefined>;
  /** Resolves, to the cause, when the process is gone. */
  readonly ended: Promise<string>;

  private constructor(private readonly worker: Worker) {
    this.link = new Link(childPort(worker.process));
    closeUnclaimedConnections(worker.process);
    this.ended = new Promise((resolve) => {
      worker.once('exit', (code, signal) => resolve(signal || `code ${code}`)); // without a signal, `signal` is '' or null
    });
    const listens = new Promise<number>((resolve) => worker.once('listening', ({ port }) => resolve(port)));
    this.listening = Promise.race([listens, this.ended.then(() => undefined)]);
    worker.on('error', () => undefined); // a message could not be sent; `exit` tells that the process is gone
  }

  static fork(): Replica {
    cluster.setupPrimary({ serialization: 'advanced' });
    return new Replica(cluster.fork({ [REPLICA_VARIABLE]: 'yes' }));
  }

  get pid(): number | undefined {
    return this.worker.process.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.worker.process.kill(signal);
  }

  async metrics(): Promise<ProcessMetrics> {
    return await this.link.ask(METRICS, undefined, { timeoutMs: METRICS_TIMEOUT_MS });
  }
}
