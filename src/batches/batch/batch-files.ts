import { Injectable } from '@nestjs/common';
import { ServiceError } from '../../errors/index.js';
import { OfflineEmbeddings } from '../../openai-api/index.js';
import { JobsService, type Job, type ResultsPart } from '../../queue/index.js';
import { FilesService } from '../files/files.service.js';
import { batchLines, type BatchLine } from './batch-lines.js';
import { BatchOutput, type Unanswered } from './batch-output.js';
import type { BatchEnd, BatchFault, BatchRecord } from './batch-record.js';

const UNANSWERED: Readonly<Record<BatchEnd, Unanswered>> = {
  completed: { code: 'batch_incomplete', message: 'This request was not answered.' },
  failed: { code: 'batch_failed', message: 'This request was not answered, since the batch failed.' },
  expired: { code: 'batch_expired', message: 'This request could not be executed before the completion window expired.' },
  cancelled: { code: 'batch_cancelled', message: 'This request was not executed, since the batch was cancelled.' },
};

/** Reads the requests of a batch, and writes its files of answers and of errors. */
@Injectable()
export class BatchFiles {
  constructor(
    private readonly files: FilesService,
    private readonly jobs: JobsService,
    private readonly embeddings: OfflineEmbeddings,
  ) {}

  /** A new id for `outputFileId` or `errorFileId`. */
  newId(): string {
    return this.files.newId();
  }

  async inputBytes({ inputFileId, owner }: BatchRecord): Promise<number> {
    return (await this.files.findKept(inputFileId, owner))?.bytes ?? 0;
  }

  async *requests({ inputFileId, owner }: BatchRecord, signal: AbortSignal): AsyncGenerator<BatchLine | BatchFault> {
    const file = await this.files.findKept(inputFileId, owner);
    if (file === undefined) throw new ServiceError('invalid_request', 'The input file is gone.');
    for await (const line of batchLines(this.files.content(file), this.embeddings)) {
      signal.throwIfAborted();
      yield line;
    }
  }

  /** Writes both files, and resolves to the fields of the batch that change. A second call writes the same files. */
  async write(batch: BatchRecord, job: Job | undefined, signal: AbortSignal): Promise<Partial<BatchRecord>> {
    const { outputFileId, errorFileId } = batch;
    if (outputFileId === undefined || errorFileId === undefined) throw new Error('a batch is finalized with the ids of its files');
    const answers = this.outputOf(batch, job, signal);
    const answered = await this.keep(batch, outputFileId, { part: 'output', content: answers.answers(), output: answers });
    const refusals = this.outputOf(batch, job, signal);
    const refused = await this.keep(batch, errorFileId, { part: 'error', content: refusals.errors(), output: refusals });
    return {
      counts: { total: answered + refused, completed: answered, failed: refused },
      tokens: answers.tokens,
      hasOutput: answered > 0,
      hasErrors: refused > 0,
    };
  }

  private outputOf(batch: BatchRecord, job: Job | undefined, signal: AbortSignal): BatchOutput {
    return new BatchOutput({
      lines: this.requests(batch, signal),
      results: job === undefined ? noResults() : this.jobs.results(job, 0),
      embeddings: this.embeddings,
      unanswered: UNANSWERED[batch.end ?? 'completed'],
    });
  }

  /** Resolves to the number of requests in the file; a file without requests is not kept. */
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
}

async function* noResults(): AsyncGenerator<ResultsPart> {
  // every request was refused, or none was begun
}
