import { fork, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { childPort, Link, LinkTimeoutError, type Topic } from '../../../link/index.js';
import { concatenated } from '../concatenated.js';
import { LOAD, RUN, type LoadedModel, type ModelToLoad, type Vectors } from './worker-messages.js';

const WORKER_PROGRAM = fileURLToPath(new URL('./inference-worker.js', import.meta.url));
/** A lower priority than that of the HTTP process, so that a finished answer is sent before the next group is computed. */
const NICENESS = 5;
/**
 * For glibc's malloc; other C libraries do not read it. Pages of 2 MiB, where the system lets programs choose. And a fixed
 * size from which an allocation has pages of its own, which go back to the system when it is freed: otherwise the weights
 * raise that size while they are read, and the memory of the file stays with the process (10 MiB, decision 42).
 */
const MALLOC_TUNABLES = 'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=524288:glibc.malloc.trim_threshold=4194304';
/** The objects of a run are few and short-lived, so a small nursery suffices. It saves 8 to 16 MiB once texts have run. */
const NODE_OPTIONS = ['--max-semi-space-size=1'];
/** Even a model of a gigabyte on a slow disk loads in less time. */
const LOAD_TIMEOUT_MS = 300_000;

/** A text as the model takes it. */
export interface TextTokens {
  readonly ids: Int32Array;
  /** How many of the first ids are of a prompt that is not pooled. */
  readonly promptTokens: number;
}

export interface RunOptions {
  readonly timeoutMs: number;
  /** On all cores; only for a process that `runsWide`. */
  readonly isWide: boolean;
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

/** One child process with one model; takes one request at a time. It never outlives its parent. */
export class InferenceProcess {
  /** Resolves, to the cause, when the process is gone. */
  readonly ended: Promise<ProcessLostError>;
  private readonly link: Link;
  private bytesAfterLoading = 0;
  private canRunWide = false;
  private threadsOfRuns = 1;

  private constructor(private readonly child: ChildProcess) {
    this.link = new Link(childPort(child, 'the inference process'));
    this.ended = this.link.ended.then(asLost);
  }

  /** Throws if the system starts no process. Otherwise `load` may reject with the reason, such as no free descriptor. */
  static start(): InferenceProcess {
    const child = fork(WORKER_PROGRAM, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: NODE_OPTIONS,
      env: { ...process.env, GLIBC_TUNABLES: tunables(process.env['GLIBC_TUNABLES']) },
    });
    lowerPriority(child.pid);
    return new InferenceProcess(child);
  }

  get isAlive(): boolean {
    return this.link.isOpen;
  }

  /** Whether it can run a text on all cores. */
  get runsWide(): boolean {
    return this.canRunWide;
  }

  /** Threads of a run that is not wide. */
  get threads(): number {
    return this.threadsOfRuns;
  }

  /** Rejects with the model's own message when it cannot be loaded. */
  async load(model: ModelToLoad): Promise<LoadedModel> {
    const loaded = await this.ask(LOAD, model, LOAD_TIMEOUT_MS);
    this.threadsOfRuns = model.threads;
    this.canRunWide = loaded.runsWide;
    this.bytesAfterLoading = loaded.rssBytes;
    return loaded;
  }

  /** Rejects with a ProcessLostError, after which the process is gone, or with the error of the run. */
  async run(texts: readonly TextTokens[], { timeoutMs, isWide }: RunOptions): Promise<Vectors> {
    const hasPrompts = texts.some(({ promptTokens }) => promptTokens > 0);
    const group = {
      ids: concatenated(texts.map(({ ids }) => ids)),
      lengths: Int32Array.from(texts, ({ ids }) => ids.length),
      promptTokens: hasPrompts ? Int32Array.from(texts, ({ promptTokens }) => promptTokens) : undefined,
      isWide,
    };
    return await this.ask(RUN, group, timeoutMs);
  }

  /** Its memory when it had loaded the model. */
  get loadedBytes(): number {
    return this.bytesAfterLoading;
  }

  /** Whether the process has become this much larger since it loaded its model. */
  hasGrown(rssBytes: number, mostGrowthBytes: number): boolean {
    return rssBytes - this.loadedBytes > mostGrowthBytes;
  }

  /** Ends an idle process that has grown too large, because the memory of a large batch is not freed. */
  retire(rssBytes: number): void {
    this.kill(new ProcessLostError('memory', `the inference process has grown to ${Math.round(rssBytes / 2 ** 20)} MiB`));
  }

  /** Ends the process at once; nothing in it needs saving. */
  async stop(): Promise<void> {
    const { pid, exitCode, signalCode } = this.child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.signalEnd();
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
    this.signalEnd();
  }

  /** A child that was not started has no pid, and a signal to it would go to this process's whole group. */
  private signalEnd(): void {
    if (this.child.pid !== undefined) this.child.kill('SIGKILL');
  }
}

function asLost(reason: Error): ProcessLostError {
  return reason instanceof ProcessLostError ? reason : new ProcessLostError('exit', reason.message);
}

/** Reading a model's weights touches more small pages than the processor keeps translations for. The user's own settings are kept. */
function tunables(given: string | undefined): string {
  return given === undefined || given === '' ? MALLOC_TUNABLES : `${MALLOC_TUNABLES}:${given}`;
}

function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, NICENESS);
  } catch {
    // Not allowed here, or the process has ended. Only latency depends on it.
  }
}
