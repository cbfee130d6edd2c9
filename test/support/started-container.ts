import { spawnSync } from 'node:child_process';
import { type StartOptions, StartedProcess } from './started-process.js';

/** A container in the role of a process. Signals go to its first process, not to the Docker client. */
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
