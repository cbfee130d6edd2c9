import { Inject, Injectable, Logger } from '@nestjs/common';
import { KeyUsage } from '../../auth/index.js';
import { ServiceError, type ErrorCode } from '../../errors/index.js';
import { JobsService, type Job } from '../../queue/index.js';
import { CLOCK, secondsOf, type Clock } from '../clock.js';
import type { Stored } from '../store/document-store.port.js';
import { BatchFiles } from './batch-files.js';
import { BatchInput } from './batch-input.js';
import { type BatchEnd, type BatchFault, type BatchRecord, progressOf } from './batch-record.js';
import { BatchWebhooks } from './batch-webhooks.js';
import { BATCH_JOBS, BatchesService } from './batches.service.js';

const BATCHES_A_ROUND = 100;
/** OpenAI's limit. */
const MOST_INPUT_BYTES = 200 * 1024 * 1024;
/** The delay after a failure, because each try reads the file of the batch again and logs a line. */
const RETRY_DELAY_MS = 5_000;
/** The delay while there is no room, because each try reads and writes as much as the first. */
const NO_ROOM_DELAY_MS = 30_000;
const NO_ROOM: readonly ErrorCode[] = ['insufficient_storage', 'rate_limited'];

/**
 * Takes batches from one status to the next. A step may be repeated after a crash, or done by two processes at once: the
 * idempotency key makes the job of a batch only once, files get their ids before they are written, and a status is changed
 * only if no other process has changed it meanwhile.
 */
@Injectable()
export class BatchRunner {
  private readonly logger = new Logger('Batches');

  /** When each batch that has failed may be tried again. */
  private readonly delayed = new Map<string, number>();

  constructor(
    private readonly batches: BatchesService,
    private readonly files: BatchFiles,
    private readonly jobs: JobsService,
    private readonly webhooks: BatchWebhooks,
    private readonly usage: KeyUsage,
    @Inject(CLOCK) private readonly now: Clock,
  ) {}

  /** Advances each open batch by one step, if it can. */
  async round(signal: AbortSignal): Promise<void> {
    for (const batch of await this.batches.open(BATCHES_A_ROUND)) {
      if (signal.aborted) return;
      if ((this.delayed.get(batch.id) ?? 0) > this.now()) continue;
      this.delayed.delete(batch.id);
      try {
        await this.advance(batch, signal);
      } catch (error) {
        if (!signal.aborted) this.tryLater(batch.id, error);
      }
    }
  }

  private tryLater(id: string, error: unknown): void {
    const hasNoRoom = error instanceof ServiceError && NO_ROOM.includes(error.code);
    this.delayed.set(id, this.now() + (hasNoRoom ? NO_ROOM_DELAY_MS : RETRY_DELAY_MS));
    this.logger.warn({ batch: id, error: String(error) }, 'A batch cannot continue at the moment, trying again');
  }

  private async advance(batch: Stored<BatchRecord>, signal: AbortSignal): Promise<void> {
    switch (batch.value.status) {
      case 'validating':
        await this.begin(batch, signal);
        break;
      case 'in_progress':
        await this.look(batch);
        break;
      case 'cancelling':
        await this.stop(batch);
        break;
      case 'finalizing':
        await this.finalize(batch, signal);
        break;
      case 'completed':
      case 'failed':
      case 'expired':
      case 'cancelled':
        await this.batches.close(batch.id);
    }
  }

  /** Makes a job of the input file. */
  private async begin(batch: Stored<BatchRecord>, signal: AbortSignal): Promise<void> {
    if (this.isOver(batch.value)) {
      await this.batches.change(batch, { ...this.finalizing(batch.value), end: 'expired' });
    } else if ((await this.files.inputBytes(batch.value)) > MOST_INPUT_BYTES) {
      await this.end(batch, 'failed', { faults: [INPUT_TOO_LARGE] });
    } else {
      await this.submit(batch, signal);
    }
  }

  private async submit(batch: Stored<BatchRecord>, signal: AbortSignal): Promise<void> {
    const input = new BatchInput(this.files.requests(batch.value, signal));
    const inProgressAt = secondsOf(this.now);
    try {
      const order = { ...BATCH_JOBS, account: batch.value.owner, items: input.items(), details: () => ({ model: input.model }) };
      const job = await this.jobs.submit({ ...order, idempotencyKey: batch.id });
      const { counts } = input;
      const begun = await this.batches.change(batch, { status: 'in_progress', inProgressAt, jobId: job.id, model: job.model, counts });
      if (begun) this.usage.handedIn(batch.value.owner, job.total);
      else if ((await this.batches.find(batch.id))?.jobId !== job.id) await this.cancelJob(job); // it was cancelled meanwhile
    } catch (error) {
      if (!(error instanceof ServiceError) || (error.code !== 'invalid_request' && error.code !== 'payload_too_large')) throw error;
      const isJobless = input.faults.length === 0 && !input.hasTexts && input.counts.total > 0; // every request was refused
      if (isJobless) await this.batches.change(batch, { ...this.finalizing(batch.value), inProgressAt, counts: input.counts });
      else await this.end(batch, 'failed', { faults: input.faults.length > 0 ? input.faults : [wholeFault(error.code, error.message)] });
    }
  }

  private async look(batch: Stored<BatchRecord>): Promise<void> {
    const job = await this.jobOf(batch.value);
    if (job === undefined) {
      await this.end(batch, 'failed', { faults: [wholeFault('results_gone', 'The results were removed.')] });
    } else if (job.status === 'completed') {
      await this.batches.change(batch, this.finalizing(batch.value, job));
    } else if (this.isOver(batch.value) || job.error?.code === 'expired') {
      await this.cancelJob(job);
      await this.batches.change(batch, { ...this.finalizing(batch.value, job), end: 'expired' });
    } else if (job.finishedAt !== undefined) {
      await this.batches.change(batch, { ...this.finalizing(batch.value, job), end: 'failed', faults: [faultOf(job)] });
    }
  }

  private isOver({ expiresAt }: BatchRecord): boolean {
    return expiresAt <= secondsOf(this.now);
  }

  private async stop(batch: Stored<BatchRecord>): Promise<void> {
    const job = await this.jobOf(batch.value);
    if (job === undefined) {
      await this.end(batch, 'cancelled', {}); // it was not begun
    } else {
      await this.cancelJob(job);
      await this.batches.change(batch, this.finalizing(batch.value, job));
    }
  }

  /** Keeps the progress of the job, because the job is not asked again. */
  private finalizing({ counts }: BatchRecord, job?: Job): Partial<BatchRecord> {
    const finalizingAt = secondsOf(this.now);
    const files = { outputFileId: this.files.newId(), errorFileId: this.files.newId() };
    return { status: 'finalizing', finalizingAt, ...files, counts: job === undefined ? counts : progressOf(counts, job) };
  }

  private async cancelJob({ id, finishedAt }: Job): Promise<void> {
    if (finishedAt === undefined) await this.jobs.cancel(id, BATCH_JOBS.owner).catch(passOverFinished);
  }

  private async finalize(batch: Stored<BatchRecord>, signal: AbortSignal): Promise<void> {
    try {
      const written = await this.files.write(batch.value, await this.jobOf(batch.value), signal);
      await this.end(batch, batch.value.end ?? 'completed', written);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'invalid_request') throw error;
      await this.end(batch, 'failed', { faults: [wholeFault('input_file_gone', error.message)] });
    }
  }

  private async end(batch: Stored<BatchRecord>, status: BatchEnd, changes: Partial<BatchRecord>): Promise<void> {
    await this.webhooks.announce(batch.id);
    const ended = await this.batches.change(batch, { ...changes, status, endedAt: secondsOf(this.now) });
    if (ended) await this.batches.close(batch.id);
  }

  private async jobOf({ jobId }: BatchRecord): Promise<Job | undefined> {
    if (jobId === undefined) return undefined;
    return await this.jobs.get(jobId, BATCH_JOBS.owner).catch((error: unknown) => {
      if (error instanceof ServiceError && error.code === 'not_found') return undefined;
      throw error;
    });
  }
}

function passOverFinished(error: unknown): void {
  if (!(error instanceof ServiceError && error.code === 'job_finished')) throw error;
}

function wholeFault(code: string, message: string): BatchFault {
  return { code, message, line: null, param: null };
}

const INPUT_TOO_LARGE = wholeFault(
  'input_file_too_large',
  `The batch input file is larger than the ${MOST_INPUT_BYTES} bytes that a batch may have. Please try again with a smaller batch.`,
);

function faultOf({ status, error }: Job): BatchFault {
  return wholeFault(error?.code ?? `job_${status}`, error?.message ?? `The job of the batch was ${status}.`);
}
