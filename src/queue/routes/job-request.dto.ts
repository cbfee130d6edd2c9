import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TRUNCATIONS, type Truncate } from '../../embedding/index.js';
import { OUTPUT_TYPES, type OutputType } from '../../vectors/index.js';
import type { JobField } from '../job-fields.js';

/** More are sent as NDJSON. */
export const MOST_TEXTS_AS_JSON = 50_000;

/** For the documentation. */
export const JOB_FIELD_MEANINGS: Readonly<Record<JobField, string>> = {
  model: 'One of GET /v1/models; absent = the default',
  webhook_url: 'Is told when the job has finished, by a POST signed as Standard Webhooks',
  input_type: 'What the texts are for: `query`, `document`, or another prompt of the model (GET /v1/models)',
  output_dtype: 'The type of the numbers in the results; `int8` and `uint8` need a model with ranges',
  truncate:
    'What to do with a text that is longer than the model reads: cut off its `end` or its `start`, give it an `error`, or take the `mean` of its windows',
};

/** For the documentation, which says it of the fields in JSON and in the query. */
export const CHUNK_MEANINGS = {
  tokens: 'The most tokens of a chunk, with its title, the prompt and special tokens; at most what the model reads',
  overlap: 'The most tokens at the end of a chunk that the next one repeats; at most half of `tokens`',
};

/** How documents are cut, for the documentation. */
class JobChunk {
  @ApiProperty({ description: CHUNK_MEANINGS.tokens, type: 'integer', minimum: 1, example: 200 })
  tokens!: number;

  @ApiPropertyOptional({ description: CHUNK_MEANINGS.overlap, type: 'integer', minimum: 0, default: 0, example: 20 })
  overlap?: number;
}

/** A job in JSON, for the documentation; JsonJob reads and checks it. */
export class JobRequest {
  @ApiProperty({
    description: 'The texts, each of 1 to MAX_TEXT_LENGTH characters, or to MAX_DOCUMENT_LENGTH with `chunk`. For more texts, send NDJSON.',
    type: [String],
    minItems: 1,
    maxItems: MOST_TEXTS_AS_JSON,
    items: { type: 'string', minLength: 1 },
    example: ['Hello, world!', 'Goodbye.'],
  })
  texts!: string[];

  @ApiPropertyOptional({ description: JOB_FIELD_MEANINGS.model, type: String, nullable: true, example: 'all-MiniLM-L6-v2' })
  model?: string | null;

  @ApiPropertyOptional({
    description: JOB_FIELD_MEANINGS.webhook_url,
    type: String,
    format: 'uri',
  })
  webhook_url?: string | null;

  @ApiPropertyOptional({
    description: JOB_FIELD_MEANINGS.input_type,
    type: String,
    nullable: true,
    example: 'document',
  })
  input_type?: string | null;

  @ApiPropertyOptional({ description: JOB_FIELD_MEANINGS.output_dtype, enum: OUTPUT_TYPES, nullable: true, default: 'float' })
  output_dtype?: OutputType | null;

  @ApiPropertyOptional({ description: JOB_FIELD_MEANINGS.truncate, enum: TRUNCATIONS, nullable: true, default: 'end' })
  truncate?: Truncate | null;

  @ApiPropertyOptional({
    description: 'Cut each text into chunks, with a result for each. Stands before the texts if these have over 1,000,000 characters',
    type: JobChunk,
  })
  chunk?: JobChunk;
}
