import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** More are sent as NDJSON. */
export const MOST_TEXTS_AS_JSON = 50_000;

/** A job in JSON, for the documentation; JsonJob reads and checks it. */
export class JobRequest {
  @ApiProperty({
    description: 'The texts, each of 1 to MAX_TEXT_LENGTH characters. More of them: send NDJSON.',
    type: [String],
    minItems: 1,
    maxItems: MOST_TEXTS_AS_JSON,
    items: { type: 'string', minLength: 1, maxLength: 10_000 },
    example: ['Hello, world!', 'Goodbye.'],
  })
  texts!: string[];

  @ApiPropertyOptional({
    description: 'Is told when the job has finished, by a POST signed as Standard Webhooks',
    type: String,
    format: 'uri',
  })
  webhook_url?: string | null;

  @ApiPropertyOptional({
    description: 'What the texts are for: `query`, `document`, or another prompt of the model (GET /v1/models)',
    type: String,
    nullable: true,
    example: 'document',
  })
  input_type?: string | null;
}
