import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Job as BullJob, Queue, QueueOptions } from 'bull';
import { Redis } from 'ioredis';
import { RESP_VERSION } from '../../redis/index.js';
import type { ChunkRef } from '../job.js';
import { chunkName, TryLater, UNFORESEEN_DELAY_MS, type JobQueue, type QueueCounts } from './job-queue.port.js';

export const BULL_QUEUE = 'embedding-chunks';
const PREFIX = 'embedding:{bull}';

/**
 * A worker that does not say for so long that it lives is taken for dead and its chunk given to another. The work itself
 * runs in processes of its own, so nothing but a dead, stopped or starved process is late.
 */
const LOCK_MS = 5_000;
const LOCK_RENEWAL_MS = 1_500;
const STALLED_CHECK_MS = 2_500;
/** How often a chunk may fail is decided by who handles it; Bull's own limits must never end it. */
const UNLIMITED = 1_000_000_000;
const KEPT_COMPLETED = 200;
const TRY_LATER = 'try-later';
const REFUSED_RETRY_MS = 1_000;

/**
 * The connections of a queue, which are its own: they wait for Redis as long as it takes. Bull opens them through this, and
 * leaves it to whoever made this to close them.
 */
export class BullConnections {
  private readonly opened: Redis[] = [];

  constructor(private readonly url: string) {}

  open(type: string): Redis {
    const connection = new Redis(this.url, {
      protocol: RESP_VERSION,
      connectionName: `embedding-pipeline:queue-${type}`,
      maxRetriesPerRequest: null,
      enableReadyCheck: false,
    });
    this.opened.push(connection);
    return connection;
  }

  /** When the queue is closed. */
  close(): void {
    for (const connection of this.opened) connection.disconnect();
  }
}

/** What Bull is told of @nestjs/bull's queue. */
export function bullOptions(connections: BullConnections): QueueOptions {
  return {
    prefix: PREFIX,
    createClient: (type) => connections.open(type),
    settings: {
      lockDuration: LOCK_MS,
      lockRenewTime: LOCK_RENEWAL_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: UNLIMITED,
      backoffStrategies: { [TRY_LATER]: (_attempts, error) => (error instanceof TryLater ? error.delayMs : UNFORESEEN_DELAY_MS) },
    },
    defaultJobOptions: {
      attempts: UNLIMITED,
      backoff: { type: TRY_LATER },
      removeOnComplete: KEPT_COMPLETED,
      removeOnFail: true, // what is still to do is offered again
      stackTraceLimit: 1,
    },
  };
}

/** Chunks in a queue of Bull's that all processes share. Jobs of Bull's carry the chunk's name, never its texts. */
export class BullJobQueue implements JobQueue {
  private readonly logger = new Logger('Queue');
  private reachable = true;
  private closing = false;

  constructor(private readonly queue: Queue<ChunkRef>) {
    queue.on('error', (error) => {
      if (this.reachable) this.logger.warn(`The queue cannot reach Redis and waits for it: ${error.message}`);
      this.reachable = false;
    });
    queue.on('active', () => (this.reachable = true));
  }

  /** A job whose name is in the queue already is not added. */
  async offer(chunks: readonly ChunkRef[]): Promise<void> {
    if (chunks.length === 0) return;
    await this.queue.addBulk(chunks.map((chunk) => ({ data: chunk, opts: { jobId: chunkName(chunk) } })));
  }

  work(concurrency: number, handle: (chunk: ChunkRef) => Promise<void>): void {
    const working = this.process(concurrency, handle);
    working.catch((error: unknown) => this.closing || this.logger.error(`The queue has stopped working: ${String(error)}`));
  }

  private async process(concurrency: number, handle: (chunk: ChunkRef) => Promise<void>): Promise<void> {
    await this.answers();
    if (!this.closing) await this.queue.process(concurrency, async ({ data }: BullJob<ChunkRef>) => await handle(data));
  }

  /** Bull waits for a Redis that is away, but gives up for good, and in part unheard, where one refuses it (a wrong password). */
  private async answers(): Promise<void> {
    while (!this.closing) {
      try {
        await this.queue.client.ping();
        return;
      } catch {
        await delay(REFUSED_RETRY_MS, undefined, { ref: false }); // said by the 'error' event
      }
    }
  }

  async counts(): Promise<QueueCounts> {
    const { waiting, active, delayed } = await this.queue.getJobCounts();
    return { waiting, active, delayed };
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.queue.close();
  }
}
