import { Injectable, Logger } from '@nestjs/common';
import { KeyUsage } from '../../auth/index.js';
import { ServiceError } from '../../errors/index.js';
import { OfflineEmbeddings } from '../../openai-api/index.js';
import { JobsService, type Job, type ResultsPart } from '../../queue/index.js';
import { FilesService } from '../files/files.service.js';
import type { Stored } from '../store/document-store.port.js';
import { BatchInput } from './batch-input.js';
import { batchLines, type BatchLine } from './batch-lines.js';
import { BatchOutput, type Unanswered } from './batch-output.js';
import { type BatchEnd, type BatchFault, type BatchRecord } from './batch-record.js';
import { BatchWebhooks } from './batch-webhooks.js';
import { BATCH_JOBS, BatchesService } from './batches.service.js';

const BATCHES_A_ROUND = 100;

const UNANSWERED: Readonly<Record<BatchEnd, Unanswered>> = {
  completed: { code: 'batch_incomplete', message: 'This request was not answered.' },
  failed: { code: 'batch_failed', message: 'This request was not answered, since the batch failed.' },
  expired: { code: 'batch_expired', message: 'This request could not be executed before the completion window expired.' },
  cancelled: { code: 'batch_cancelled', message: 'This request was not executed, since the batch was cancelled.' },
};

/**
 * Takes batches from one status to the next. Each step can be done again by whoever goes on after a crash, or by two
 * processes at once: the job of a batch is made once, by its idempotency key, its files have their ids before they are
 * written, and a status is changed only if it is still the one that was seen.
 */
@Injectable()
export class BatchRunner {
  private readonly logger = new Logger('Batches');

  constructor(
    private readonly batches: BatchesService,
    private readonly files: FilesService,
    private readonly jobs: JobsService,
    private readonly embeddings: OfflineEmbeddings,
    private readonly webhooks: BatchWebhooks,
    private readonly usage: KeyUsage,
  ) {}

  /** A step of each batch that can make one. */
  async round(signal: AbortSignal): Promise<void> {
    for (const batch of await this.batches.open(BATCHES_A_ROUND)) {
      if (signal.aborted) return;
      try {
        await this.advance(batch, signal);
      } catch (error) {
        if (!signal.aborted)
          this.logger.warn({ batch: batch.id, error: String(error) }, 'A batch cannot go on at the moment, trying again');
      }
    }
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

  /** Reads the input file, and makes a job of it. */
  private async begin(batch: Stored<BatchRecord>, signal: AbortSignal): Promise<void> {
    const input = new BatchInput(this.linesOf(batch.value, signal));
    const inProgressAt = Math.floor(Date.now() / 1000);
    try {
      const job = await this.jobs.submit({ ...BATCH_JOBS, items: input.items(), idempotencyKey: batch.id });
      const begun = await this.batches.change(batch, { status: 'in_progress', inProgressAt, jobId: job.id, counts: input.counts });
      if (begun) this.usage.handedIn(batch.value.owner, job.total);
      else if ((await this.batches.find(batch.id))?.jobId !== job.id) await this.cancelJob(job); // it was cancelled meanwhile
    } catch (error) {
      if (!(error instanceof ServiceError) || (error.code !== 'invalid_request' && error.code !== 'payload_too_large')) throw error;
      const isJobless = input.faults.length === 0 && !input.hasTexts && input.counts.total > 0; // every request was refused
      if (isJobless) await this.batches.change(batch, { ...this.finalizing(), inProgressAt, counts: input.counts });
      else await this.end(batch, 'failed', { faults: input.faults.length > 0 ? input.faults : [wholeFault(error.code, error.message)] });
    }
  }

  private async look(batch: Stored<BatchRecord>): Promise<void> {
    const job = await this.jobOf(batch.value);
    if (job === undefined) {
      await this.end(batch, 'failed', { faults: [wholeFault('results_gone', 'The results were removed.')] });
    } else if (job.finishedAt !== undefined) {
      const failed = job.status === 'completed' ? {} : ({ end: 'failed', faults: [faultOf(job)] } as const);
      await this.batches.change(batch, { ...this.finalizing(), ...failed });
    } else if (batch.value.expiresAt * 1000 <= Date.now()) {
      await this.cancelJob(job);
      await this.batches.change(batch, { ...this.finalizing(), end: 'expired' });
    }
  }

  private async stop(batch: Stored<BatchRecord>): Promise<void> {
    const job = await this.jobOf(batch.value);
    if (job === undefined) {
      await this.end(batch, 'cancelled', {}); // it was not begun
    } else {
      await this.cancelJob(job);
      await this.batches.change(batch, this.finalizing());
    }
  }

  private finalizing(): Partial<BatchRecord> {
    const finalizingAt = Math.floor(Date.now() / 1000);
    return { status: 'finalizing', finalizingAt, outputFileId: this.files.newId(), errorFileId: this.files.newId() };
  }

  private async cancelJob({ id, finishedAt }: Job): Promise<void> {
    if (finishedAt === undefined) await this.jobs.cancel(id, BATCH_JOBS.owner).catch(passOverFinished);
  }

  /** Writes the output and the error file. */
  private async finalize(batch: Stored<BatchRecord>, signal: AbortSignal): Promise<void> {
    const { outputFileId, errorFileId, end = 'completed' } = batch.value;
    if (outputFileId === undefined || errorFileId === undefined) throw new Error('a batch is finalized with the ids of its files');
    const answers = this.outputOf(batch.value, signal);
    const answered = await this.keep(batch.value, outputFileId, { part: 'output', content: answers.answers(), output: answers });
    const refusals = this.outputOf(batch.value, signal);
    const refused = await this.keep(batch.value, errorFileId, { part: 'error', content: refusals.errors(), output: refusals });
    await this.end(batch, end, {
      counts: { total: answered + refused, completed: answered, failed: refused },
      tokens: answers.tokens,
      hasOutput: answered > 0,
      hasErrors: refused > 0,
    });
  }

  private outputOf(batch: BatchRecord, signal: AbortSignal): BatchOutput {
    return new BatchOutput({
      lines: this.linesOf(batch, signal),
      results: batch.jobId === undefined ? noResults() : this.jobs.results(batch.jobId, 0),
      embeddings: this.embeddings,
      unanswered: UNANSWERED[batch.end ?? 'completed'],
    });
  }

  /** How many requests the file has; without any there is no file. */
  private async keep(
    { id, owner, outputTtlSeconds }: BatchRecord,
    fileId: string,
    { part, content, output }: { readonly part: 'output' | 'error'; readonly content: AsyncIterable<Buffer>; readonly output: BatchOutput },
  ): Promise<number> {
    const bytes = await this.files.write(fileId, content);
    if (output.written === 0) {
      await this.files.discard(fileId);
    } else {
      const filename = `${id}_${part}.jsonl`;
      await this.files.add({ id: fileId, owner, filename, purpose: 'batch_output', bytes, ttlSeconds: outputTtlSeconds });
    }
    return output.written;
  }

  private async end(batch: Stored<BatchRecord>, status: BatchEnd, changes: Partial<BatchRecord>): Promise<void> {
    await this.webhooks.announce(batch.id);
    const ended = await this.batches.change(batch, { ...changes, status, endedAt: Math.floor(Date.now() / 1000) });
    if (ended) await this.batches.close(batch.id);
  }

  private async jobOf({ jobId }: BatchRecord): Promise<Job | undefined> {
    if (jobId === undefined) return undefined;
    return await this.jobs.get(jobId, BATCH_JOBS.owner).catch((error: unknown) => {
      if (error instanceof ServiceError && error.code === 'not_found') return undefined;
      throw error;
    });
  }

  private async *linesOf({ inputFileId, owner }: BatchRecord, signal: AbortSignal): AsyncGenerator<BatchLine | BatchFault> {
    const file = await this.files.find(inputFileId, owner);
    if (file === undefined) throw new ServiceError('invalid_request', 'The input file is gone.');
    for await (const line of batchLines(this.files.content(file), this.embeddings)) {
      signal.throwIfAborted();
      yield line;
    }
  }
}

async function* noResults(): AsyncGenerator<ResultsPart> {
  // every request was refused
}

function passOverFinished(error: unknown): void {
  if (!(error instanceof ServiceError && error.code === 'job_finished')) throw error;
}

function wholeFault(code: string, message: string): BatchFault {
  return { code, message, line: null, param: null };
}

function faultOf({ status, error }: Job): BatchFault {
  return wholeFault(error?.code ?? `job_${status}`, error?.message ?? `The job of the batch was ${status}.`);
}
