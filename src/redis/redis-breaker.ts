import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { RedisObserver, RedisRole } from './redis-observer.port.js';

const FAILURES_UNTIL_BYPASS = 5;
const PROBE_EVERY_MS = 1_000;
/** A connection that died unseen would otherwise be waited for until the kernel gives it up, a quarter of an hour. */
const PROBES_UNTIL_NEW_CONNECTION = 3;

export interface RedisBreakerOptions {
  readonly role: RedisRole;
  /** Milliseconds that an answer may take. */
  readonly timeoutMs: number;
  readonly observer: RedisObserver;
}

/**
 * Commands whose caller can do without the answer. One that is not answered in time has failed; after five in a row Redis
 * is bypassed, so that nobody waits for it, until it answers a PING in time, which is tried every second. An answer
 * that is an error (Redis is full, say) is an answer.
 */
export class RedisBreaker {
  private readonly logger = new Logger('Redis');
  private failures = 0;
  private failedProbes = 0;
  private probing: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: Redis,
    private readonly options: RedisBreakerOptions,
  ) {
    this.tell(false);
  }

  get isBypassed(): boolean {
    return this.probing !== undefined;
  }

  /** Rejects when the answer is an error or does not come in time; at once while Redis is bypassed. */
  async run<T>(send: (client: Redis) => Promise<T>): Promise<T> {
    if (this.isBypassed) throw new Error('Redis is bypassed');
    try {
      const answer = await inTime(send(this.client), this.options.timeoutMs);
      this.failures = 0;
      return answer;
    } catch (error) {
      this.failures = isAnswer(error) ? 0 : this.failures + 1;
      if (this.failures >= FAILURES_UNTIL_BYPASS && !this.isBypassed) this.bypass(error);
      throw error;
    }
  }

  disconnect(): void {
    clearInterval(this.probing);
    this.client.disconnect();
  }

  private bypass(error: unknown): void {
    this.failedProbes = 0;
    this.probing = setInterval(() => void this.probe(), PROBE_EVERY_MS).unref();
    this.tell(true);
    const isConnected = this.client.status === 'ready'; // otherwise the connection has said so
    if (isConnected) this.logger.warn(`The ${this.options.role} goes on without Redis, which does not answer: ${String(error)}`);
  }

  private async probe(): Promise<void> {
    try {
      await inTime(this.client.ping(), this.options.timeoutMs);
    } catch (error) {
      if (!isAnswer(error)) {
        this.renewConnection();
        return;
      }
    }
    if (this.isBypassed) this.use(); // unless an earlier probe was answered too
  }

  private use(): void {
    clearInterval(this.probing);
    this.probing = undefined;
    this.failures = 0;
    this.tell(false);
    this.logger.log(`The ${this.options.role} uses Redis again`);
  }

  private tell(isBypassed: boolean): void {
    this.options.observer.bypassing(this.options.role, isBypassed);
  }

  private renewConnection(): void {
    this.failedProbes++;
    const isDue = this.failedProbes % PROBES_UNTIL_NEW_CONNECTION === 0;
    if (isDue && this.client.status === 'ready') this.client.disconnect(true);
  }
}

function isAnswer(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/** The answer, if it comes in time. What has arrived while this process was busy is read before the time is called up. */
async function inTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const expire = (): void => reject(new Error(`no answer within ${timeoutMs} ms`));
    timer = setTimeout(() => setImmediate(expire), timeoutMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
