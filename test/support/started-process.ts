import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { leftovers } from './leftovers.js';
import { within } from './within.js';

const STOP_TIMEOUT_MS = 60_000;

export interface StartOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** In a session and a process group of its own: a signal that it sends to its group reaches only itself. */
  readonly detached?: boolean;
}

/** A child process and its output so far. It is killed after the test file at the latest. */
export class StartedProcess {
  /** Resolves to the exit code, or to 128 plus the number of the signal, as in a shell. Rejects if the program cannot be run. */
  readonly exitCode: Promise<number>;
  private readonly child: ChildProcess;
  private readonly output = { stdout: '', stderr: '' };

  constructor(command: string, parameters: readonly string[], options: StartOptions) {
    this.child = spawn(command, parameters, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.collect('stdout');
    this.collect('stderr');
    this.exitCode = this.exit();
    this.exitCode.catch(() => undefined); // a test need not wait for it
    leftovers.add(this);
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.child.spawnfile} did not start`);
    return this.child.pid;
  }

  stdout(): string {
    return this.output.stdout;
  }

  stderr(): string {
    return this.output.stderr;
  }

  /** Resolves to the first match in stdout. Rejects with all output if the process exits before, or takes too long. */
  async printed(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    try {
      return await within(timeoutMs, Promise.race([this.match(pattern), this.early()]), `printing ${pattern}`);
    } catch (error) {
      this.kill('SIGKILL');
      throw error;
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends the signal and resolves to the exit code. Kills a process that still runs a minute later, and rejects. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    this.kill(signal);
    try {
      return await within(STOP_TIMEOUT_MS, this.exitCode, `exiting after ${signal}`);
    } catch (error) {
      this.kill('SIGKILL');
      throw error;
    }
  }

  private collect(stream: 'stdout' | 'stderr'): void {
    this.child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      this.output[stream] += text;
    });
  }

  private exit(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        leftovers.delete(this);
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      });
    });
  }

  private match(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      this.child.stdout?.on('data', () => {
        const match = pattern.exec(this.output.stdout);
        if (match !== null) resolve(match);
      });
    });
  }

  private async early(): Promise<never> {
    const exitCode = await this.exitCode;
    throw new Error(`${this.child.spawnfile} exited early with ${exitCode}:\n${this.output.stdout}${this.output.stderr}`);
  }
}
