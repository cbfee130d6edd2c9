import type { LoggerService } from '@nestjs/common';
import type { Progress } from './progress/progress.port.js';

/** Shows warnings and errors of the service's parts only, because a person watches a command. */
export class CommandLogger implements LoggerService {
  constructor(private readonly progress: Pick<Progress, 'say'>) {}

  log(): void {
    // the command prints its own progress
  }

  warn(message: unknown): void {
    this.progress.say(`warning: ${textOf(message)}`);
  }

  error(message: unknown): void {
    this.progress.say(`error: ${textOf(message)}`);
  }
}

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : JSON.stringify(message);
}
