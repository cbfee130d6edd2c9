import { fork, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { childPort, Link, LinkTimeoutError, type Topic } from '../../../link/index.js';
import { concatenated } from '../concatenated.js';
import { LOAD, RUN, type LoadedModel, type ModelFiles, type Vectors } from './worker-messages.js';

const WORKER_PROGRAM = fileURLToPath(new URL('./inference-worker.js', import.meta.url));
/** Lower than the HTTP process's: an answer that is ready goes out before the next group is computed. */
const NICENESS = 5;
/** Pages of 2 MiB for the memory that malloc hands out, where the system lets programs choose. glibc reads it, other C libraries do not. */
const HUGE_PAGES = 'glibc.malloc.hugetlb=1';
/** A model of a gigabyte on a slow disk loads in less. */
const LOAD_TIMEOUT_MS = 300_000;

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

/** One child process with one model; takes one request at a time. It never outlives its parent. */
export class InferenceProcess {
  /** Resolves, to the cause, when the process is gone. */
  readonly ended: Promise<ProcessLostError>;
  private readonly link: Link;

  private constructor(private readonly child: ChildProcess) {
    this.link = new Link(childPort(child, 'the inference process'));
    this.ended = this.link.ended.then(asLost);
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
    return this.link.isOpen;
  }

  /** Rejects with the model's own message when it cannot be loaded. */
  async load(model: ModelFiles): Promise<LoadedModel> {
    return await this.ask(LOAD, model, LOAD_TIMEOUT_MS);
  }

  /** Rejects with a ProcessLostError, after which the process is gone, or with the error of the run. */
  async run(texts: readonly Int32Array[], timeoutMs: number): Promise<Vectors> {
    return await this.ask(RUN, { ids: concatenated(texts), lengths: Int32Array.from(texts, (ids) => ids.length) }, timeoutMs);
  }

  /** Ends a process that has nothing to do because it has grown too large: the memory of a large batch does not come back. */
  retire(rssBytes: number): void {
    this.kill(new ProcessLostError('memory', `the inference process has grown to ${Math.round(rssBytes / 2 ** 20)} MiB`));
  }

  /** Ends the process at once; nothing in it needs saving. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.kill('SIGKILL');
    await gone;
  }

  private async ask<Q, A>(topic: Topic<Q, A>, question: Q, timeoutMs: number): Promise<A> {
    try {
      return await this.link.ask(topic, question, { timeoutMs });
    } catch (error) {
      if (error instanceof LinkTimeoutError)
        this.kill(new ProcessLostError('deadline', `the inference process did not answer within ${timeoutMs} ms`));
      throw this.link.isOpen ? error : asLost(await this.link.ended);
    }
  }

  private kill(why: ProcessLostError): void {
    this.link.close(why);
    this.child.kill('SIGKILL');
  }
}

function asLost(reason: Error): ProcessLostError {
  return reason instanceof ProcessLostError ? reason : new ProcessLostError('exit', reason.message);
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
