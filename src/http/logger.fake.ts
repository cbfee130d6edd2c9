import type { LoggerService } from '@nestjs/common';

type Level = 'log' | 'error' | 'warn' | 'debug';

/** For tests: keeps the lines that are logged. */
export class FakeLogger implements LoggerService {
  readonly lines: { readonly level: Level; readonly message: unknown }[] = [];

  log(message: unknown): void {
    this.lines.push({ level: 'log', message });
  }

  error(message: unknown): void {
    this.lines.push({ level: 'error', message });
  }

  warn(message: unknown): void {
    this.lines.push({ level: 'warn', message });
  }

  debug(message: unknown): void {
    this.lines.push({ level: 'debug', message });
  }
}
