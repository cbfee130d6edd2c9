import cluster, { type Worker } from 'node:cluster';
import { ipcChannel, ProcessLink, SUPERVISED_VARIABLE } from '../process-link/index.js';
import { closeUnclaimedConnections } from './handed-connections.js';

/** One process that serves HTTP on the common port. It never outlives its supervisor: Node ends it when the connection closes. */
export class HttpProcess {
  readonly link: ProcessLink;
  /** The port, when it listens; undefined when it has ended before. */
  readonly listening: Promise<number | undefined>;
  /** Resolves, to how, when the process is gone. */
  readonly ended: Promise<string>;

  private constructor(private readonly worker: Worker) {
    this.link = new ProcessLink(ipcChannel(worker));
    closeUnclaimedConnections(worker.process);
    this.ended = new Promise((resolve) => {
      worker.once('exit', (code, signal) => resolve(signal || `code ${code}`)); // no signal is an empty text, or null
    });
    void this.ended.then(() => this.link.close());
    const listens = new Promise<number>((resolve) => worker.once('listening', ({ port }) => resolve(port)));
    this.listening = Promise.race([listens, this.ended.then(() => undefined)]);
    worker.on('error', () => undefined); // what cannot be sent to it; its end is told by `exit`
  }

  static fork(): HttpProcess {
    cluster.setupPrimary({ serialization: 'advanced' });
    return new HttpProcess(cluster.fork({ [SUPERVISED_VARIABLE]: 'yes' }));
  }

  get pid(): number | undefined {
    return this.worker.process.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.worker.process.kill(signal);
  }
}
