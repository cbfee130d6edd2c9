import type { Readable } from 'node:stream';
import { errorCodes } from 'fastify';
import type { BodyBudget } from './body-budget.js';

export interface BodyLimits {
  readonly caller: string;
  /** Of this body. */
  readonly maxBytes: number;
  /** The longest time without a byte. */
  readonly idleTimeoutMs: number;
  readonly budget: BodyBudget;
}

/** A caller stopped sending in the middle of its body. */
class BodyTimeoutError extends Error {
  readonly statusCode = 408;

  constructor(idleTimeoutMs: number) {
    super(`No byte of the body came for ${idleTimeoutMs} ms (BODY_IDLE_TIMEOUT_MS); send it without a pause.`);
  }
}

/** `release` must be called once the bytes are no longer needed: until then they count against the budget. */
type BodyRead = (error: Error | null, body: Buffer, release: () => void) => void;

/** Reads a whole body into memory and calls `done` once. After a refusal the rest stays in the stream, for the server to discard. */
export function readBody(stream: Readable, limits: BodyLimits, done: BodyRead): void {
  new BodyReader(stream, limits, done).start();
}

class BodyReader {
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  private idleTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly stream: Readable,
    private readonly limits: BodyLimits,
    private readonly done: BodyRead,
  ) {}

  start(): void {
    this.stream.on('data', this.onData).on('end', this.onEnd).on('error', this.onError).on('close', this.onClose);
  }

  private readonly onData = (chunk: Buffer): void => {
    try {
      this.take(chunk);
    } catch (error) {
      this.finish(error as Error);
    }
  };

  private readonly onEnd = (): void => this.finish(null);
  private readonly onError = (error: Error): void => this.finish(error);
  /** The connection ended before the body did. */
  private readonly onClose = (): void => this.finish(new errorCodes.FST_ERR_CTP_INVALID_CONTENT_LENGTH());

  private take(chunk: Buffer): void {
    const { maxBytes, budget, caller } = this.limits;
    if (this.bytes + chunk.length > maxBytes) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
    budget.take(caller, chunk.length);
    this.bytes += chunk.length;
    this.chunks.push(chunk);
    this.watchForPause();
  }

  /** Begins with the first chunk: a body that comes in one needs no timer, and nothing is kept of one that has not begun. */
  private watchForPause(): void {
    if (this.idleTimer !== undefined) return void this.idleTimer.refresh();
    const { idleTimeoutMs } = this.limits;
    this.idleTimer = setTimeout(() => this.finish(new BodyTimeoutError(idleTimeoutMs)), idleTimeoutMs).unref();
  }

  private finish(error: Error | null): void {
    clearTimeout(this.idleTimer);
    this.stream.off('data', this.onData).off('end', this.onEnd).off('error', this.onError).off('close', this.onClose);
    const body = error === null ? Buffer.concat(this.chunks) : Buffer.alloc(0);
    this.done(error, body, () => this.limits.budget.giveBack(this.limits.caller, this.bytes));
  }
}
