import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import type { LogLevel } from '../config/index.js';
import { LineBuffer } from './line-buffer.js';

/** Nest logs each module and route at every start under these names. The lines help only to debug the wiring. */
const WIRING_CONTEXTS = new Set<unknown>(['InstanceLoader', 'NestApplication', 'NestFactory', 'RouterExplorer', 'RoutesResolver']);

/** Nest logs with its stack why it cannot start. The programs print that in one line. */
const FAILED_START_CONTEXT = 'ExceptionHandler';

const TERMINAL = new URL('./terminal-transport.js', import.meta.url).href;

/** Writes Nest's log with pino: one JSON object a line, or coloured text on a terminal. Lines that wait are written at exit. */
export class PinoLogger implements LoggerService {
  private readonly pino: Logger;

  /** @param mixin Returns further fields of a line, when it is written. */
  constructor(level: LogLevel, mixin?: () => object) {
    const options = mixin === undefined ? { level } : { level, mixin };
    this.pino = process.stdout.isTTY ? pino({ ...options, transport: { target: TERMINAL } }) : pino(options, new LineBuffer());
  }

  /** Makes a function for the lines of one route. The part that they share is turned into JSON once. */
  forRoute(method: string, route: string): (level: 'debug' | 'info' | 'warn', line: object) => void {
    const logger = this.pino.child({ context: 'Http', method, route });
    return (level, line) => logger[level](line);
  }

  log(message: unknown, ...context: unknown[]): void {
    const level = WIRING_CONTEXTS.has(context.at(-1)) ? 'debug' : 'info';
    this.pino[level](...entry(message, context));
  }

  error(message: unknown, ...context: unknown[]): void {
    if (context.at(-1) === FAILED_START_CONTEXT) return;
    this.pino.error(...entry(message, context));
    this.pino.flush();
  }

  warn(message: unknown, ...context: unknown[]): void {
    this.pino.warn(...entry(message, context));
    this.pino.flush();
  }

  debug(message: unknown, ...context: unknown[]): void {
    this.pino.debug(...entry(message, context));
  }

  verbose(message: unknown, ...context: unknown[]): void {
    this.pino.trace(...entry(message, context));
  }
}

/** Nest passes the name of the class that logs as the last argument. */
function entry(message: unknown, context: readonly unknown[]): [fields: object, message: string] {
  const details = context.slice(0, -1).filter((detail) => detail !== undefined && detail !== null);
  const fields = { context: context.at(-1), ...(details.length > 0 ? { details } : {}) };
  if (message instanceof Error) return [{ ...fields, error: message.stack }, message.message];
  return typeof message === 'object' && message !== null ? [{ ...fields, ...message }, ''] : [fields, String(message)];
}
