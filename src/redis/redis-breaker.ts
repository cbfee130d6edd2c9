import { Logger } from '@nestjs/common';
import type { RedisClient } from './open-redis.js';
import type { RedisObserver, RedisRole } from './redis-observer.port.js';
import { faultOf, refusalOf } from './redis-refusal.js';

const FAILURES_UNTIL_BYPASS = 5;
const PROBE_EVERY_MS = 1_000;
/** A connection that died unseen is otherwise used until the kernel gives it up, after a quarter of an hour. */
const PROBES_UNTIL_NEW_CONNECTION = 3;

export interface RedisBreakerOptions {
  readonly role: RedisRole;
  /** Milliseconds that an answer may take. */
  readonly timeoutMs: number;
  readonly observer: RedisObserver;
  /** Does what the role does, so that it succeeds only when the role's commands do: a replica answers a PING, too. */
  readonly probe: () => Promise<unknown>;
}

/**
 * Runs commands whose caller can do without the answer. A command that is not answered in time has failed; after five in a row
 * Redis is bypassed, so that callers do not wait for it. An answer that is an error (READONLY, OOM) comes fast, so commands
 * are still sent, but the role is reported as going on without Redis. A probe every second finds out when that is over.
 */
export class RedisBreaker {
  private readonly logger = new Logger('Redis');
  private failures = 0;
  private failedProbes = 0;
  private bypassed = false;
  /** Why Redis cannot be used; undefined = it can. */
  private fault: string | undefined;
  private probing: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: RedisClient,
    private readonly options: RedisBreakerOptions,
  ) {
    options.observer.bypassing(options.role, false);
  }

  /** Whether commands are not sent. */
  get isBypassed(): boolean {
    return this.bypassed;
  }

  /** Rejects when the answer is an error or does not come in time; at once while Redis is bypassed. */
  async run<T>(send: (client: RedisClient) => Promise<T>): Promise<T> {
    if (this.bypassed) throw new Error('Redis is bypassed');
    try {
      const answer = await inTime(send(this.client), this.options.timeoutMs);
      this.failures = 0;
      return answer;
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }

  /** Why Redis cannot be used, by a probe; undefined = it can. */
  async findFault(): Promise<string | undefined> {
    try {
      await inTime(this.options.probe(), this.options.timeoutMs);
      return undefined;
    } catch (error) {
      if (refusalOf(error) !== undefined) this.report(faultOf(error));
      return faultOf(error);
    }
  }

  disconnect(): void {
    clearInterval(this.probing);
    this.client.disconnect();
  }

  private failed(error: unknown): void {
    if (refusalOf(error) !== undefined) {
      this.failures = 0;
      this.report(faultOf(error));
      return;
    }
    this.failures++;
    if (this.failures < FAILURES_UNTIL_BYPASS || this.bypassed) return;
    this.bypassed = true;
    this.failedProbes = 0;
    this.report(faultOf(error));
    const isConnected = this.client.status === 'ready'; // otherwise the connection has logged it
    if (isConnected) this.logger.warn(`The ${this.options.role} works without Redis, which does not answer: ${String(error)}`);
  }

  /** The connection logs refusals. */
  private report(fault: string): void {
    this.probing ??= setInterval(() => void this.probe(), PROBE_EVERY_MS).unref();
    if (fault === this.fault) return;
    this.fault = fault;
    this.options.observer.bypassing(this.options.role, true, fault);
  }

  private async probe(): Promise<void> {
    try {
      await inTime(this.options.probe(), this.options.timeoutMs);
    } catch (error) {
      this.probeFailed(error);
      return;
    }
    if (this.fault !== undefined) this.use(); // unless an earlier probe was answered, too
  }

  private probeFailed(error: unknown): void {
    if (refusalOf(error) === undefined) {
      this.renewConnection();
      return;
    }
    this.bypassed = false; // errors come fast
    this.failures = 0;
    this.report(faultOf(error));
  }

  private use(): void {
    clearInterval(this.probing);
    this.probing = undefined;
    this.bypassed = false;
    this.fault = undefined;
    this.failures = 0;
    this.options.observer.bypassing(this.options.role, false);
    this.logger.log(`The ${this.options.role} uses Redis again`);
  }

  private renewConnection(): void {
    this.failedProbes++;
    const isDue = this.failedProbes % PROBES_UNTIL_NEW_CONNECTION === 0;
    if (isDue && this.client.status === 'ready') this.client.disconnect(true);
  }
}

/** The answer, if it comes in time. Answers that arrived while this process was busy are read before the time is up. */
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
