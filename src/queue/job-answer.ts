import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { OUTPUT_TYPES, type OutputType } from '../vectors/index.js';
import { JOB_STATUSES, type Job, type JobStatus } from './job.js';

class JobProgress {
  @ApiProperty({ description: 'Texts of the job', example: 50_000 })
  total!: number;

  @ApiProperty({ description: 'Texts that have a vector', example: 1200 })
  completed!: number;

  @ApiProperty({ description: 'Texts that have an error instead', example: 1 })
  failed!: number;
}

export class JobErrorAnswer {
  @ApiProperty({ example: 'conflict_space' })
  code!: string;

  @ApiProperty()
  message!: string;
}

export class JobAnswer {
  @ApiProperty({ example: 'job_0199c0ffee00d1ce5eedf00dfeedbeef' })
  id!: string;

  @ApiProperty({ description: '`completed`: every text has its vector or its error', enum: JOB_STATUSES, example: 'active' })
  status!: JobStatus;

  @ApiProperty({ description: 'Counted when results are stored, so exact after any crash' })
  progress!: JobProgress;

  @ApiProperty({ description: 'The model that computes its vectors', example: 'all-MiniLM-L6-v2' })
  model!: string;

  @ApiProperty({ description: 'Fingerprint of the embedding space of its vectors', example: '3f0c51e2a9b47d68' })
  space!: string;

  @ApiProperty({ description: 'The type of its vectors', enum: OUTPUT_TYPES, example: 'float' })
  output_dtype!: OutputType;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-11-25T12:00:00.000Z' })
  created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When the first text was begun' })
  started_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finished_at!: string | null;

  /** Not a reference, because generators of clients take a reference for what is never null. */
  @ApiProperty({
    type: 'object',
    nullable: true,
    description: 'Why the whole job failed',
    required: ['code', 'message'],
    properties: { code: { type: 'string' }, message: { type: 'string' } },
  })
  error!: JobErrorAnswer | null;

  @ApiPropertyOptional({
    description: 'Only of `GET /jobs/{id}`: why nothing of an open job is done, such as that no worker has its model',
  })
  notice?: string;
}

export function jobAnswer({
  id,
  status,
  total,
  completed,
  failed,
  model,
  space,
  outputType,
  createdAt,
  startedAt,
  finishedAt,
  error,
}: Job): JobAnswer {
  return {
    id,
    status,
    progress: { total, completed, failed },
    model,
    space,
    output_dtype: outputType,
    created_at: isoTime(createdAt),
    started_at: startedAt === undefined ? null : isoTime(startedAt),
    finished_at: finishedAt === undefined ? null : isoTime(finishedAt),
    error: error ?? null,
  };
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
