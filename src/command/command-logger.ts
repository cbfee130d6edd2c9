import type { LoggerService } from '@nestjs/common';
import type { Progress } from './progress/progress.port.js';

/** Of what the service's parts log, warnings and errors only: a person watches a command. */
export class CommandLogger implements LoggerService {
  constructor(private readonly progress: Progress) {}

  log(): void {
    // of no interest here
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
