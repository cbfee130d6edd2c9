import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { faulty } from '../errors/index.js';
import { AreTexts, faultOfText, faultsOfTexts, IsText, LimitedBody, type TextLimits } from '../texts/index.js';
import type { Truncate } from '../embedding/index.js';
import { SizeField, TextField, TruncateField } from './request/request-fields.js';
import { OUTPUT_TYPES, type OutputType } from '../vectors/index.js';

export const MOST_TEXTS_A_REQUEST = 100;

/** The fields that all requests for embeddings may have. */
export class EmbedOptionsBody extends LimitedBody {
  @TextField(
    'What the texts are for: `query`, `document`, or another prompt of the model (GET /v1/models). Its prompt is put before each text.',
    'query',
  )
  input_type?: string | null;

  @TextField("The same, as Jina's clients call it")
  task?: string | null;

  @TextField('The same, as clients of text-embeddings-inference call it')
  prompt_name?: string | null;

  @SizeField()
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
  @TruncateField('native')
  truncate?: Truncate | null;

  @TextField('One of GET /v1/models; absent = the first', 'all-MiniLM-L6-v2')
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
  @ApiProperty({ description: 'A vector of length one (L2)', type: [Number], example: [-0.0367, 0.0297, -0.0049] })
  embedding!: number[];

  @ApiProperty({ description: 'Whether the vector came from the cache' })
  cached!: boolean;

  @ApiProperty({ example: 'all-MiniLM-L6-v2' })
  model!: string;

  @ApiProperty({
    description: 'Tokens that the model read, prompt and special tokens included; with `truncate: mean`, of all windows',
    example: 6,
  })
  tokens!: number;

  @ApiProperty({ description: 'Whether the text had more tokens than the model reads, so that its end (or start) was cut off' })
  truncated!: boolean;
}

export class EmbedBatchResponse {
  @ApiProperty({
    description: 'Vectors in the order of the texts, each of length one (L2)',
    type: 'array',
    items: { type: 'array', items: { type: 'number' } },
  })
  embeddings!: number[][];

  @ApiProperty({ example: 2 })
  count!: number;

  @ApiProperty({ description: 'The number of texts whose vector came from the cache', example: 1 })
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
