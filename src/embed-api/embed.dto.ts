import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Min } from 'class-validator';
import { faulty } from '../errors/index.js';
import { AreTexts, faultOfText, faultsOfTexts, IsText, LimitedBody, type TextLimits } from '../texts/index.js';
import { TRUNCATIONS, type Truncate } from '../embedding/index.js';
import { OUTPUT_TYPES, type OutputType } from './request/vector-writer.js';

export const MOST_TEXTS_A_REQUEST = 100;

/** The fields that all requests for embeddings may have. */
export class EmbedOptionsBody extends LimitedBody {
  @ApiPropertyOptional({
    description:
      'What the texts are for: `query`, `document`, or another prompt of the model (GET /v1/models). Its prompt is put before each text.',
    type: String,
    nullable: true,
    example: 'query',
  })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  input_type?: string | null;

  @ApiPropertyOptional({ description: "The same, as Jina's clients call it", type: String, nullable: true })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  task?: string | null;

  @ApiPropertyOptional({ description: 'The same, as clients of text-embeddings-inference call it', type: String, nullable: true })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  prompt_name?: string | null;

  @ApiPropertyOptional({
    description: 'One of the sizes that the model was trained for; vectors are cut to it and scaled to length one again',
    type: 'integer',
    minimum: 1,
    nullable: true,
  })
  @IsOptional()
  @IsInt({ message: 'must be a whole number' })
  @Min(1, { message: 'must be at least 1' })
  dimensions?: number | null;

  @ApiPropertyOptional({
    description:
      'The type of the numbers: `binary` and `ubinary` have one bit for each number, eight in a byte; `int8` and `uint8` one byte',
    enum: OUTPUT_TYPES,
    nullable: true,
    default: 'float',
  })
  @IsOptional()
  @IsIn(OUTPUT_TYPES, { message: `must be one of ${OUTPUT_TYPES.join(', ')}` })
  output_dtype?: OutputType | null;
}

/** The options of the native routes. `truncate` has other values in other dialects. */
class NativeOptionsBody extends EmbedOptionsBody {
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

  @ApiPropertyOptional({
    description: 'One of GET /v1/models; absent = the first',
    type: String,
    nullable: true,
    example: 'all-MiniLM-L6-v2',
  })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  model?: string | null;
}

/** Under whichever name it was sent. */
export function inputTypeOf({
  input_type,
  task,
  prompt_name,
}: Pick<EmbedOptionsBody, 'input_type' | 'task' | 'prompt_name'>): string | undefined {
  const [inputType, ...others] = new Set([input_type, task, prompt_name].filter((name) => typeof name === 'string'));
  if (others.length > 0) throw faulty('input_type', 'must not differ from task or prompt_name, which are other names of it');
  return inputType;
}

export class EmbedRequest extends NativeOptionsBody {
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

export class EmbedBatchRequest extends NativeOptionsBody {
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

  @ApiProperty({ description: 'Tokens that the model read, prompt and special tokens included', example: 6 })
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

  @ApiProperty({ description: 'Tokens that the model read for all texts, prompt and special tokens included', example: 10 })
  tokens!: number;

  @ApiProperty({ description: 'For each text, whether its end (or start) was cut off', type: [Boolean], example: [false, false] })
  truncated!: boolean[];
}

function hasOnly<K extends string>(body: unknown, name: K): body is Record<K, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  for (const key in body) if (key !== name) return false;
  return true;
}
