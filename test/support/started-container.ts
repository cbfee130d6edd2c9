import { spawnSync } from 'node:child_process';
import { type StartOptions, StartedProcess } from './started-process.js';

/** A container seen as a process: signals go to its first process, not to the Docker client. */
export class StartedContainer extends StartedProcess {
  constructor(
    private readonly name: string,
    parameters: readonly string[],
    options: StartOptions,
  ) {
    super('docker', ['run', '--rm', '--name', name, ...parameters], options);
  }

  override kill(signal: NodeJS.Signals): void {
    spawnSync('docker', ['kill', '--signal', signal, this.name], { stdio: 'ignore' });
  }
}
