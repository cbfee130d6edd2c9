import { fork, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { concatenated } from '../concatenated.js';
import type { ModelFiles, WorkerReply, WorkerRequest } from './worker-messages.js';

const WORKER_PROGRAM = fileURLToPath(new URL('./inference-worker.js', import.meta.url));
/** Lower than the HTTP process's: an answer that is ready goes out before the next group is computed. */
const NICENESS = 5;
/** Pages of 2 MiB for what malloc hands out, where the system leaves that to programs; glibc reads it, other C libraries do not. */
const HUGE_PAGES = 'glibc.malloc.hugetlb=1';
/** A model of a gigabyte on a slow disk loads in less. */
const LOAD_TIMEOUT_MS = 300_000;

export interface LoadedModel {
  readonly dimensions: number;
  readonly batchInvariant: boolean;
  /** Padded tokens that a run should hold, as measured. */
  readonly groupBudget: number;
}

export interface Vectors {
  /** Memory of the process after the run. */
  readonly rssBytes: number;
  /** One after the other, in the order of the texts. */
  readonly vectors: Float32Array<ArrayBuffer>;
  readonly milliseconds: number;
}

/** The process died or hung, and is gone. Whether its texts or the machine were the cause is not known. */
export class ProcessLostError extends Error {
  override readonly name = 'ProcessLostError';

  constructor(
    readonly reason: 'exit' | 'deadline' | 'memory',
    message: string,
  ) {
    super(message);
  }
}

interface Exchange {
  resolve(reply: WorkerReply): void;
  reject(error: ProcessLostError): void;
}

/** One child process with one model; takes one request at a time. It never outlives its parent. */
export class InferenceProcess {
  /** Resolves, to why, when the process is gone. */
  readonly ended: Promise<ProcessLostError>;
  private exchange: Exchange | undefined;
  private lost: ProcessLostError | undefined;
  private announceEnd: (error: ProcessLostError) => void = () => undefined;

  private constructor(private readonly child: ChildProcess) {
    this.ended = new Promise((resolve) => (this.announceEnd = resolve));
    child.on('message', (reply: WorkerReply) => this.settle((exchange) => exchange.resolve(reply)));
    child.on('exit', (code, signal) =>
      this.lose(new ProcessLostError('exit', `the inference process ended with ${signal ?? `code ${code}`}`)),
    );
    child.on('error', (error) => this.lose(new ProcessLostError('exit', error.message)));
  }

  static start(): InferenceProcess {
    const child = fork(WORKER_PROGRAM, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [],
      env: { ...process.env, GLIBC_TUNABLES: tunables(process.env['GLIBC_TUNABLES']) },
    });
    lowerPriority(child.pid);
    return new InferenceProcess(child);
  }

  get isAlive(): boolean {
    return this.lost === undefined;
  }

  /** Rejects with the model's own message when it cannot be loaded. */
  async load(model: ModelFiles): Promise<LoadedModel> {
    const reply = await this.ask({ type: 'load', model }, LOAD_TIMEOUT_MS);
    if (reply.type === 'ready') return reply;
    throw new Error(reply.type === 'load-failed' ? reply.message : `unexpected reply ${reply.type}`);
  }

  /** Rejects with a ProcessLostError, after which the process is gone, or with the error of the run. */
  async run(texts: readonly Int32Array[], timeoutMs: number): Promise<Vectors> {
    const reply = await this.ask(
      { type: 'run', ids: concatenated(texts), lengths: Int32Array.from(texts, (ids) => ids.length) },
      timeoutMs,
    );
    if (reply.type === 'vectors') return reply;
    throw new Error(reply.type === 'run-failed' ? reply.message : `unexpected reply ${reply.type}`);
  }

  /** Ends a process that has nothing to do because it has grown too large: what a large batch took does not come back. */
  retire(rssBytes: number): void {
    this.lose(new ProcessLostError('memory', `the inference process has grown to ${Math.round(rssBytes / 2 ** 20)} MiB`));
    this.child.kill('SIGKILL');
  }

  /** Ends the process at once; nothing in it needs saving. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.kill('SIGKILL');
    await gone;
  }

  private async ask(request: WorkerRequest, timeoutMs: number): Promise<WorkerReply> {
    if (this.lost !== undefined) throw this.lost;
    const deadline = setTimeout(() => {
      this.lose(new ProcessLostError('deadline', `the inference process did not answer within ${timeoutMs} ms`));
      this.child.kill('SIGKILL');
    }, timeoutMs);
    try {
      return await new Promise<WorkerReply>((resolve, reject) => {
        this.exchange = { resolve, reject };
        this.child.send(request, (error) => {
          if (error !== null) this.lose(new ProcessLostError('exit', error.message));
        });
      });
    } finally {
      clearTimeout(deadline);
    }
  }

  private lose(error: ProcessLostError): void {
    if (this.lost !== undefined) return;
    this.lost = error;
    this.announceEnd(error);
    this.settle((exchange) => exchange.reject(error));
  }

  private settle(how: (exchange: Exchange) => void): void {
    const { exchange } = this;
    this.exchange = undefined;
    if (exchange !== undefined) how(exchange);
  }
}

/** A walk through a model's weights touches more small pages than the processor remembers. What the user has set stays. */
function tunables(given: string | undefined): string {
  return given === undefined || given === '' ? HUGE_PAGES : `${HUGE_PAGES}:${given}`;
}

function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, NICENESS);
  } catch {
    // Not allowed here, or it ended already: only a matter of latency.
  }
}
