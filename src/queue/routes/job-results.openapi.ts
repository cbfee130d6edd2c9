import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { JobErrorAnswer } from '../job-answer.js';
import { JOB_STATUSES, type JobStatus } from '../job.js';

/** One result of a job: a vector, or an error. For the documentation; results-streams.ts writes it. */
class JobResult {
  @ApiProperty({ description: 'Index of the text; with `chunk`, of the chunk among all chunks of the job', type: 'integer' })
  index!: number;

  @ApiPropertyOptional({ description: 'The id in the NDJSON line' })
  id?: string;

  @ApiPropertyOptional({ description: 'With `chunk`: the index of the document among the texts that were sent', type: 'integer' })
  document?: number;

  @ApiPropertyOptional({ description: 'With `chunk`: the index of the chunk in its document', type: 'integer' })
  chunk?: number;

  @ApiPropertyOptional({ description: 'With `chunk`: characters (Unicode code points) of the document before the chunk', type: 'integer' })
  start?: number;

  @ApiPropertyOptional({ description: 'With `chunk`: characters of the document before the end of the chunk', type: 'integer' })
  end?: number;

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
