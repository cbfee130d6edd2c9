import { Inject, Injectable } from '@nestjs/common';
import { QUEUE_SETTINGS, type QueueSettings } from '../../config/index.js';
import { faulty, ServiceError } from '../../errors/index.js';
import { JobsService, QueueShares, sortableId } from '../../queue/index.js';
import { CLOCK, secondsOf, type Clock } from '../clock.js';
import { FilesService } from '../files/files.service.js';
import { DOCUMENT_STORE, type DocumentStore, type Stored } from '../store/document-store.port.js';
import { hasEnded, progressOf, type BatchRecord } from './batch-record.js';

const BATCH = 'batch';
/** The ids of the batches that have not ended. */
const OPEN = 'batch-open';
const BATCH_ID = /^batch_[0-9a-f]{32}$/;
const WINDOW_SECONDS = 86_400;
const KEPT_SECONDS = 60 * 86_400;
const REMOVED_A_ROUND = 100;
/** An open batch without a record after this time could not be made: the disk was full, or the process crashed. */
const MADE_WITHIN_MS = 600_000;
const FULL_RETRY_SECONDS = 60;
/** The owner and kind of the jobs of batches, which GET /jobs does not list. */
export const BATCH_JOBS = { owner: '', kind: 'batch' } as const;

export interface BatchOrder {
  readonly owner: string;
  readonly inputFileId: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly outputTtlSeconds: number;
}

export interface BatchPage {
  readonly owner: string;
  readonly after: string | undefined;
  readonly limit: number;
}

/** Creates, reads, lists and cancels batches. */
@Injectable()
export class BatchesService {
  constructor(
    @Inject(DOCUMENT_STORE) private readonly documents: DocumentStore,
    @Inject(QUEUE_SETTINGS) private readonly settings: QueueSettings,
    private readonly files: FilesService,
    private readonly jobs: JobsService,
    private readonly shares: QueueShares,
    @Inject(CLOCK) private readonly now: Clock,
  ) {}

  /** Resolves when the batch is durable. */
  async create({ owner, inputFileId, metadata, outputTtlSeconds }: BatchOrder): Promise<BatchRecord> {
    const file = await this.files.find(inputFileId, owner);
    if (file?.purpose !== 'batch') {
      throw faulty('input_file_id', 'must be the id of a file with the purpose batch');
    }
    await this.refuseIfFull(owner);
    const createdAt = secondsOf(this.now);
    const batch: BatchRecord = {
      id: sortableId('batch_', this.now()),
      owner,
      status: 'validating',
      inputFileId,
      metadata,
      outputTtlSeconds,
      createdAt,
      expiresAt: createdAt + WINDOW_SECONDS,
      counts: { total: 0, completed: 0, failed: 0 },
      tokens: 0,
      faults: [],
    };
    await this.documents.put(OPEN, batch.id, { owner }, 0); // first: `expire` removes it if the batch itself cannot be stored
    await this.documents.put(BATCH, batch.id, batch, 0);
    return batch;
  }

  /** Throws `not_found` for a batch that is not there or another owner's. */
  async get(id: string, owner: string): Promise<BatchRecord> {
    return await this.withProgress((await this.stored(id, owner)).value);
  }

  /** Finds a batch of any owner, for the service itself. */
  async find(id: string): Promise<BatchRecord | undefined> {
    return (await this.documents.get<BatchRecord>(BATCH, id))?.value;
  }

  async list({ owner, after, limit }: BatchPage): Promise<readonly BatchRecord[]> {
    const page = await this.documents.list<BatchRecord>({ kind: BATCH, owner, order: 'descending', after, limit });
    return await Promise.all(page.map(async ({ value }) => await this.withProgress(value)));
  }

  async cancel(id: string, owner: string): Promise<BatchRecord> {
    for (;;) {
      const batch = await this.stored(id, owner);
      const { status } = batch.value;
      if (status === 'cancelling' || status === 'cancelled') return await this.withProgress(batch.value);
      if (status !== 'validating' && status !== 'in_progress') {
        throw new ServiceError('invalid_request', `Cannot cancel a batch with status '${status}'.`);
      }
      const changes = { status: 'cancelling', end: 'cancelled', cancellingAt: secondsOf(this.now) } as const;
      if (await this.change(batch, changes)) return { ...batch.value, ...changes };
    }
  }

  /** The oldest first. */
  async open(limit: number): Promise<readonly Stored<BatchRecord>[]> {
    const ids = await this.documents.list({ kind: OPEN, order: 'ascending', limit });
    const batches = await Promise.all(ids.map(async ({ id }) => await this.documents.get<BatchRecord>(BATCH, id)));
    return batches.filter((batch) => batch !== undefined);
  }

  /** Whether a batch that has not ended reads this file. */
  async usesFile(fileId: string): Promise<boolean> {
    const open = await this.open(this.settings.maxOpenJobs);
    return open.some(({ value }) => value.inputFileId === fileId && !hasEnded(value));
  }

  /** False = another process changed the batch meanwhile. */
  async change({ id, version, value }: Stored<BatchRecord>, changes: Partial<BatchRecord>): Promise<boolean> {
    return await this.documents.put(BATCH, id, { ...value, ...changes }, version);
  }

  /** Removes a batch that has ended from the open ones. */
  async close(id: string): Promise<void> {
    await this.documents.remove(OPEN, id);
  }

  /** Removes some of the batches that ended long ago, and open ones that could not be made. */
  async expire(): Promise<void> {
    await this.closeUnmade();
    const oldest = await this.documents.list<BatchRecord>({ kind: BATCH, order: 'ascending', limit: REMOVED_A_ROUND });
    for (const { id, value } of oldest) {
      if (value.createdAt + KEPT_SECONDS > secondsOf(this.now)) return;
      if (hasEnded(value)) await this.documents.remove(BATCH, id);
    }
  }

  private async closeUnmade(): Promise<void> {
    const newest = sortableId('batch_', this.now() - MADE_WITHIN_MS);
    for (const { id } of await this.documents.list({ kind: OPEN, order: 'ascending', limit: REMOVED_A_ROUND })) {
      if (id > newest) return;
      if ((await this.find(id)) === undefined) await this.close(id);
    }
  }

  private async stored(id: string, owner: string): Promise<Stored<BatchRecord>> {
    const batch = BATCH_ID.test(id) ? await this.documents.get<BatchRecord>(BATCH, id) : undefined;
    if (batch?.value.owner !== owner) throw new ServiceError('not_found', `No batch found with id '${id.slice(0, 100)}'.`);
    return batch;
  }

  private async refuseIfFull(owner: string): Promise<void> {
    const { maxOpenJobs } = this.settings;
    if ((await this.countOpen(maxOpenJobs)) >= maxOpenJobs)
      throw full('overloaded', `${maxOpenJobs} batches have not ended (MAX_QUEUED_JOBS)`);
    const share = this.shares.of(owner).jobs;
    if ((await this.countOpen(share, owner)) >= share) throw full('rate_limited', `${share} batches of your key have not ended`);
  }

  /** Counts up to `limit`. */
  private async countOpen(limit: number, owner?: string): Promise<number> {
    return (await this.documents.list({ kind: OPEN, owner, order: 'ascending', limit })).length;
  }

  /** While texts are computed, estimates the number of finished requests from the share of finished texts. */
  private async withProgress(batch: BatchRecord): Promise<BatchRecord> {
    const { jobId, counts, status } = batch;
    if (jobId === undefined || (status !== 'in_progress' && status !== 'cancelling')) return batch;
    const job = await this.jobs.get(jobId, BATCH_JOBS.owner).catch(() => undefined);
    return job === undefined ? batch : { ...batch, counts: progressOf(counts, job) };
  }
}

function full(code: 'overloaded' | 'rate_limited', reason: string): ServiceError {
  return new ServiceError(code, `${reason}; try again later.`, { retryAfterSeconds: FULL_RETRY_SECONDS });
}
