import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import type { LogLevel } from '../config/index.js';
import { LineBuffer } from './line-buffer.js';

/** What Nest says of each module and route at every start: of interest to who debugs the wiring. */
const WIRING_CONTEXTS = new Set<unknown>(['InstanceLoader', 'NestApplication', 'NestFactory', 'RouterExplorer', 'RoutesResolver']);

/** Nest's log as pino's: a JSON object a line, or colours where a person watches. What is not written yet is written at exit. */
export class PinoLogger implements LoggerService {
  private readonly pino: Logger;

  /** `mixin`: what else a line says, asked when it is written. */
  constructor(level: LogLevel, mixin?: () => object) {
    const options = mixin === undefined ? { level } : { level, mixin };
    const pretty = { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l', singleLine: true } };
    this.pino = process.stdout.isTTY ? pino({ ...options, transport: pretty }) : pino(options, new LineBuffer());
  }

  /** For lines of which all but a little is the same: the rest is written as JSON once. */
  forRoute(method: string, route: string, level: 'info' | 'debug'): (line: object) => void {
    const logger = this.pino.child({ context: 'Http', method, route });
    return (line) => logger[level](line);
  }

  log(message: unknown, ...context: unknown[]): void {
    const level = WIRING_CONTEXTS.has(context.at(-1)) ? 'debug' : 'info';
    this.pino[level](...entry(message, context));
  }

  error(message: unknown, ...context: unknown[]): void {
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
