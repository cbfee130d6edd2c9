import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { AreTexts, faultOfText, faultsOfTexts, IsText, LimitedBody, type TextLimits } from '../texts/index.js';
import { TRUNCATIONS, type Truncate } from '../embedding/index.js';

export const MOST_TEXTS_A_REQUEST = 100;

/** The fields that all requests for embeddings may have. */
export class EmbedOptionsBody extends LimitedBody {
  @ApiPropertyOptional({
    description:
      'What to do with a text that is longer than the model reads: `end` cuts off its end, `start` its start, `error` refuses the request',
    enum: TRUNCATIONS,
    nullable: true,
    default: 'end',
  })
  @IsOptional()
  @IsIn(TRUNCATIONS, { message: `must be one of ${TRUNCATIONS.join(', ')}` })
  truncate?: Truncate | null;
}

export class EmbedRequest extends EmbedOptionsBody {
  @ApiProperty({
    description: 'The text: 1 to MAX_TEXT_LENGTH characters (Unicode code points)',
    minLength: 1,
    maxLength: 10_000,
    example: 'Hello, world!',
  })
  @IsText()
  text!: string;

  static accepts(body: unknown, limits: TextLimits): body is EmbedRequest {
    return hasOnly(body, 'text') && faultOfText(body.text, limits) === undefined;
  }
}

export class EmbedBatchRequest extends EmbedOptionsBody {
  @ApiProperty({
    description: 'The texts, each of 1 to MAX_TEXT_LENGTH characters (Unicode code points)',
    type: [String],
    minItems: 1,
    maxItems: MOST_TEXTS_A_REQUEST,
    items: { type: 'string', minLength: 1, maxLength: 10_000 },
    example: ['Hello, world!', 'Goodbye.'],
  })
  @AreTexts(MOST_TEXTS_A_REQUEST)
  texts!: string[];

  static accepts(body: unknown, limits: TextLimits): body is EmbedBatchRequest {
    return hasOnly(body, 'texts') && faultsOfTexts(body.texts, MOST_TEXTS_A_REQUEST, limits) === undefined;
  }
}

export class EmbedResponse {
  @ApiProperty({ description: 'Of length one (L2)', type: [Number], example: [-0.0367, 0.0297, -0.0049] })
  embedding!: number[];

  @ApiProperty({ description: 'Whether the vector was stored before it was asked for' })
  cached!: boolean;

  @ApiProperty({ example: 'all-MiniLM-L6-v2' })
  model!: string;

  @ApiProperty({ description: 'Tokens that the model read, special tokens included', example: 6 })
  tokens!: number;

  @ApiProperty({ description: 'Whether the text had more tokens than the model reads, so that its end (or start) was cut off' })
  truncated!: boolean;
}

export class EmbedBatchResponse {
  @ApiProperty({
    description: 'In the order of the texts, each of length one (L2)',
    type: 'array',
    items: { type: 'array', items: { type: 'number' } },
  })
  embeddings!: number[][];

  @ApiProperty({ example: 2 })
  count!: number;

  @ApiProperty({ description: 'How many of the texts were stored before they were asked for', example: 1 })
  cached_count!: number;

  @ApiProperty({ example: 'all-MiniLM-L6-v2' })
  model!: string;

  @ApiProperty({ description: 'Tokens that the model read for all texts, special tokens included', example: 10 })
  tokens!: number;

  @ApiProperty({ description: 'For each text, whether its end (or start) was cut off', type: [Boolean], example: [false, false] })
  truncated!: boolean[];
}

function hasOnly<K extends string>(body: unknown, name: K): body is Record<K, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  for (const key in body) if (key !== name) return false;
  return true;
}
