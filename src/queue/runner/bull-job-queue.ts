import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Job as BullJob, Queue, QueueOptions } from 'bull';
import type { Redis } from 'ioredis';
import { loadRedis, redisTargetOf, RefusalWatch, type RedisClient, type RedisObserver } from '../../redis/index.js';
import type { ChunkRef } from '../job.js';
import { BullTurns } from './bull-turns.js';
import { ANNOUNCED_MS, chunkName, TryLater, UNEXPECTED_DELAY_MS, type JobQueue, type QueueCounts } from './job-queue.port.js';

export const BULL_QUEUE_NAME = 'embedding-chunks';
/** Bull's queue, where there is a Redis. */
export const BULL_QUEUE = Symbol('BULL_QUEUE');
/** One slot of a Redis Cluster for all keys of Bull. */
const PREFIX = 'embedding:{bull}';

/**
 * A worker that has not renewed its lock for this long is taken for dead, and its chunk is given to another. Inference runs
 * in processes of its own, so only a dead, stopped or starved process is late.
 */
const LOCK_MS = 5_000;
const LOCK_RENEWAL_MS = 1_500;
const STALLED_CHECK_MS = 2_500;
/** ChunkRunner decides how often a chunk may fail; Bull's own limits must never end it. */
const UNLIMITED = 1_000_000_000;
const KEPT_COMPLETED = 200;
const TRY_LATER = 'try-later';
const REFUSED_RETRY_MS = 1_000;

type OpenRedis = Awaited<ReturnType<typeof loadRedis>>;

/**
 * The connections of a queue, which wait for Redis as long as it takes. Bull opens them through this class and does not close
 * them: the owner of this object does.
 */
export class BullConnections {
  private readonly opened: RedisClient[] = [];
  private observer: Pick<RedisObserver, 'refused'> | undefined;
  private readonly watch = new RefusalWatch('queue', { refused: (role, refusal) => this.observer?.refused(role, refusal) });

  private constructor(
    private readonly url: string,
    private readonly openRedis: OpenRedis,
  ) {}

  static async to(url: string): Promise<BullConnections> {
    return new BullConnections(url, await loadRedis());
  }

  /** Reports errors of Redis from now on. */
  observe(observer: Pick<RedisObserver, 'refused'>): void {
    this.observer = observer;
  }

  open(type: string): Redis {
    const connection = this.openRedis(redisTargetOf(this.url), {
      connectionName: `embedding-pipeline:queue-${type}`,
      maxRetriesPerRequest: null,
      enableReadyCheck: false,
      reconnectOnError: (error) => this.watch.reconnectsOn(error),
    });
    this.opened.push(connection);
    return connection as Redis; // Bull takes a cluster's client, too, but its types do not say so
  }

  /** Call it after the queue is closed. */
  close(): void {
    for (const connection of this.opened) connection.disconnect();
  }
}

/** The options of the queue for Bull. */
export function bullOptions(connections: BullConnections, keyPrefix = ''): QueueOptions {
  return {
    prefix: keyPrefix + PREFIX,
    createClient: (type) => connections.open(type),
    settings: {
      lockDuration: LOCK_MS,
      lockRenewTime: LOCK_RENEWAL_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: UNLIMITED,
      backoffStrategies: { [TRY_LATER]: (_attempts, error) => (error instanceof TryLater ? error.delayMs : UNEXPECTED_DELAY_MS) },
    },
    defaultJobOptions: {
      attempts: UNLIMITED,
      backoff: { type: TRY_LATER },
      removeOnComplete: KEPT_COMPLETED,
      removeOnFail: true, // the chunks that are still to do are offered again
      stackTraceLimit: 1,
    },
  };
}

/** Chunks in a queue of Bull that all processes share. Bull's jobs carry the name of a chunk, never its texts. */
export class BullJobQueue implements JobQueue {
  private readonly logger = new Logger('Queue');
  private reachable = true;
  private closing = false;

  private readonly turns: BullTurns;

  constructor(private readonly queue: Queue<ChunkRef>) {
    this.turns = new BullTurns(queue);
    queue.on('error', (error) => {
      if (this.reachable) this.logger.warn(`The queue cannot reach Redis and waits for it: ${error.message}`);
      this.reachable = false;
    });
    queue.on('active', () => (this.reachable = true));
  }

  /** Bull does not add a job whose name is in the queue already, so two processes may offer the same chunk at once. */
  async offer(chunks: readonly ChunkRef[], account: string): Promise<void> {
    if (chunks.length === 0) return;
    const turns = await this.turns.assign(account, chunks.map(chunkName));
    const added = chunks.flatMap((chunk, index) => {
      const turn = turns[index] ?? 0;
      return turn === 0 ? [] : [{ data: chunk, opts: { jobId: chunkName(chunk), priority: turn } }];
    });
    if (added.length > 0) await this.queue.addBulk(added);
  }

  work(concurrency: number, handle: (chunk: ChunkRef) => Promise<void>): void {
    const working = this.process(concurrency, handle);
    working.catch((error: unknown) => this.closing || this.logger.error(`The queue has stopped working: ${String(error)}`));
  }

  private async process(concurrency: number, handle: (chunk: ChunkRef) => Promise<void>): Promise<void> {
    await this.answers();
    if (this.closing) return;
    await this.queue.process(concurrency, async ({ data, opts }: BullJob<ChunkRef>) => {
      await this.turns.started(opts.priority ?? 0).catch(() => undefined); // without it, a new account only begins later
      await handle(data);
    });
  }

  /** Waits until Redis answers: Bull waits for a Redis that is away, but gives up for good when one refuses its password. */
  private async answers(): Promise<void> {
    while (!this.closing) {
      try {
        await this.queue.client.ping();
        return;
      } catch {
        await delay(REFUSED_RETRY_MS, undefined, { ref: false }); // the 'error' event reports it
      }
    }
  }

  async announce(spaces: readonly string[]): Promise<void> {
    await Promise.all(spaces.map(async (space) => await this.queue.client.set(this.workersKey(space), '', 'PX', ANNOUNCED_MS)));
  }

  async isServed(space: string): Promise<boolean> {
    return (await this.queue.client.exists(this.workersKey(space))) === 1;
  }

  async counts(): Promise<QueueCounts> {
    const { waiting, active, delayed } = await this.queue.getJobCounts();
    return { waiting, active, delayed };
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.queue.close();
  }

  private workersKey(space: string): string {
    return this.queue.toKey(`workers:${space}`);
  }
}
