import { Readable } from 'node:stream';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { AreTexts, faultsOfTexts, LimitedBody, type TextLimits } from '../../texts/index.js';

const MOST_TEXTS_AS_JSON = 50_000;

export class JobRequest extends LimitedBody {
  @ApiProperty({
    description: 'The texts, each of 1 to MAX_TEXT_LENGTH characters. More of them, or larger ones: send NDJSON.',
    type: [String],
    minItems: 1,
    maxItems: MOST_TEXTS_AS_JSON,
    items: { type: 'string', minLength: 1, maxLength: 10_000 },
    example: ['Hello, world!', 'Goodbye.'],
  })
  @AreTexts(MOST_TEXTS_AS_JSON)
  texts!: string[];

  @ApiPropertyOptional({
    description: 'Is told when the job has finished, by a POST signed as Standard Webhooks',
    type: String,
    format: 'uri',
  })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  webhook_url?: string | null;

  @ApiPropertyOptional({
    description: 'What the texts are for: `query`, `document`, or another prompt of the model (GET /v1/models)',
    type: String,
    nullable: true,
    example: 'document',
  })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  input_type?: string | null;

  /** The lines of an NDJSON body are checked as they are read. */
  static accepts(body: unknown, limits: TextLimits): boolean {
    if (body instanceof Readable) return true;
    if (typeof body !== 'object' || body === null || Object.keys(body).join() !== 'texts' || !('texts' in body)) return false;
    return faultsOfTexts(body.texts, MOST_TEXTS_AS_JSON, limits) === undefined;
  }
}
