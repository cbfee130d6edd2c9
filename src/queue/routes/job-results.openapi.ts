import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { JobErrorAnswer } from '../job-answer.js';
import { JOB_STATUSES, type JobStatus } from '../job.js';

/** One result of a job: a vector, or an error. For the documentation; results-streams.ts writes it. */
class JobResult {
  @ApiProperty({ description: 'Index of the text', type: 'integer' })
  index!: number;

  @ApiPropertyOptional({ description: 'The id in the NDJSON line' })
  id?: string;

  @ApiPropertyOptional({ description: 'In the type that the job asked for', type: [Number] })
  embedding?: number[];

  @ApiPropertyOptional({ description: 'Tokens that the model read, prompt and special tokens included', type: 'integer' })
  tokens?: number;

  @ApiPropertyOptional({ description: 'Whether the text had more tokens than the model reads' })
  truncated?: boolean;

  @ApiPropertyOptional({ description: 'The reason why there is no embedding' })
  error?: JobErrorAnswer;
}

export class JobResults {
  @ApiProperty()
  id!: string;

  @ApiProperty({ enum: JOB_STATUSES })
  status!: JobStatus;

  @ApiProperty({ type: [JobResult] })
  results!: JobResult[];
}
