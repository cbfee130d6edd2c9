import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TRUNCATIONS, type Truncate } from '../../embedding/index.js';
import { OUTPUT_TYPES, type OutputType } from '../../vectors/index.js';
import type { JobField } from '../job-fields.js';

/** More are sent as NDJSON. */
export const MOST_TEXTS_AS_JSON = 50_000;

/** For the documentation. */
export const JOB_FIELD_MEANINGS: Readonly<Record<JobField, string>> = {
  webhook_url: 'Is told when the job has finished, by a POST signed as Standard Webhooks',
  input_type: 'What the texts are for: `query`, `document`, or another prompt of the model (GET /v1/models)',
  output_dtype: 'The type of the numbers in the results; `int8` and `uint8` need a model with ranges',
  truncate:
    'What to do with a text that is longer than the model reads: cut off its `end` or its `start`, give it an `error`, or take the `mean` of its windows',
};

/** A job in JSON, for the documentation; JsonJob reads and checks it. */
export class JobRequest {
  @ApiProperty({
    description: 'The texts, each of 1 to MAX_TEXT_LENGTH characters. For more texts, send NDJSON.',
    type: [String],
    minItems: 1,
    maxItems: MOST_TEXTS_AS_JSON,
    items: { type: 'string', minLength: 1, maxLength: 10_000 },
    example: ['Hello, world!', 'Goodbye.'],
  })
  texts!: string[];

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
}
