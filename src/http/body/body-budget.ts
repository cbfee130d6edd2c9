import { ServiceError } from '../../errors/index.js';

export interface BodyBudgetLimits {
  /** The limit for all bodies that are being received. */
  readonly maxBytes: number;
  readonly maxBytesPerCaller: number;
}

const RETRY_AFTER_SECONDS = 5;

/**
 * Bounds the memory of bodies that are being received. Callers who announce much and send it slowly would otherwise fill
 * the memory of the process, since each of their bodies alone is small enough.
 */
export class BodyBudget {
  private total = 0;
  private readonly byCaller = new Map<string, number>();

  constructor(private readonly limits: BodyBudgetLimits) {}

  /** The bytes of all bodies that are being received. */
  get bytes(): number {
    return this.total;
  }

  /** Throws when there is no room; then nothing is taken. */
  take(caller: string, bytes: number): void {
    const ofCaller = (this.byCaller.get(caller) ?? 0) + bytes;
    if (ofCaller > this.limits.maxBytesPerCaller || this.total + bytes > this.limits.maxBytes) throw full();
    this.byCaller.set(caller, ofCaller);
    this.total += bytes;
  }

  giveBack(caller: string, bytes: number): void {
    const rest = (this.byCaller.get(caller) ?? 0) - bytes;
    if (rest > 0) this.byCaller.set(caller, rest);
    else this.byCaller.delete(caller);
    this.total -= bytes;
  }
}

function full(): ServiceError {
  return new ServiceError('overloaded', 'Too many bytes of request bodies are being received (MAX_BODIES_MB); try again later.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
