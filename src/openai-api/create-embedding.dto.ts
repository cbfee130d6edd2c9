import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsString } from 'class-validator';
import { MOST_FOREIGN_TEXTS } from '../embed-api/index.js';
import { FaultFree } from '../texts/index.js';
import { OpenAiErrorDetail } from '../http/index.js';
import { VoyageAndJinaFields } from './voyage-and-jina.dto.js';
import { faultOfInput, type EmbeddingInput } from './embedding-input.js';

const ENCODING_FORMATS = ['float', 'base64'] as const;
export type EncodingFormat = (typeof ENCODING_FORMATS)[number];

/** The fields of most requests; bodies with others are checked by class-validator. */
const USUAL_FIELDS: ReadonlySet<string> = new Set(['input', 'model', 'encoding_format']);

/** The body of OpenAI's POST /v1/embeddings, with fields of Voyage's and Jina's, and one more. A field that is null counts as absent, even an unknown one. */
export class CreateEmbeddingRequest extends VoyageAndJinaFields {
  static override readonly isForeign = true;

  @ApiProperty({
    description: `A text, the cl100k_base token ids of a text, or an array of up to ${MOST_FOREIGN_TEXTS} of these. Ids are decoded: the model has its own.`,
    oneOf: [
      { type: 'string', minLength: 1 },
      { type: 'array', minItems: 1, maxItems: MOST_FOREIGN_TEXTS, items: { type: 'string', minLength: 1 } },
      { type: 'array', minItems: 1, items: { type: 'integer', minimum: 0 } },
      {
        type: 'array',
        minItems: 1,
        maxItems: MOST_FOREIGN_TEXTS,
        items: { type: 'array', minItems: 1, items: { type: 'integer', minimum: 0 } },
      },
    ],
    example: ['Hello, world!', 'Goodbye.'],
  })
  @FaultFree('isEmbeddingInput', faultOfInput)
  input!: EmbeddingInput;

  @ApiProperty({ description: 'One of GET /v1/models', example: 'all-MiniLM-L6-v2' })
  @FaultFree('isModelName', faultOfModel)
  model!: string;

  @ApiPropertyOptional({
    description: 'Numbers, or the base64 of little-endian float32 values, which is smaller and faster',
    enum: ENCODING_FORMATS,
    nullable: true,
    default: 'float',
  })
  @IsOptional()
  @IsIn(ENCODING_FORMATS, { message: `must be ${ENCODING_FORMATS.join(' or ')}` })
  encoding_format?: EncodingFormat | null;

  @ApiPropertyOptional({ description: 'Accepted but not used', type: String, nullable: true })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  user?: string | null;

  @ApiPropertyOptional({
    description: 'Answer the inputs that can be embedded, and return an `error` in place of each other input',
    type: Boolean,
    nullable: true,
    default: false,
  })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  partial?: boolean | null;

  static accepts(body: unknown): body is CreateEmbeddingRequest {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
    for (const name in body) if (!USUAL_FIELDS.has(name)) return false;
    const { input, model, encoding_format: format = 'float' } = body as Record<string, unknown>;
    return faultOfInput(input) === undefined && faultOfModel(model) === undefined && (format === 'float' || format === 'base64');
  }
}

function faultOfModel(model: unknown): string | undefined {
  if (model === undefined || model === null) return 'is missing; GET /v1/models says what there is';
  return typeof model === 'string' ? undefined : 'must be a string';
}

class EmbeddingObject {
  @ApiProperty({ description: '`error` occurs only in answers to `partial`', enum: ['embedding', 'error'] })
  object!: 'embedding' | 'error';

  @ApiProperty({ description: 'Index of the input' })
  index!: number;

  @ApiProperty({
    description: 'A vector of length one (L2); base64 if requested; empty if there is an `error`',
    oneOf: [{ type: 'array', items: { type: 'number' } }, { type: 'string' }],
  })
  embedding!: number[] | string;

  @ApiPropertyOptional({
    description: 'Present if the input had more tokens than the model reads, so that its end (or start) was cut off',
    enum: [true],
  })
  truncated?: true;

  @ApiPropertyOptional({ description: 'The reason why there is no vector' })
  error?: OpenAiErrorDetail;
}

class EmbeddingUsage {
  @ApiProperty({ description: 'Tokens that the model read, special tokens included, whether cached or not' })
  prompt_tokens!: number;

  @ApiProperty({ description: 'The same' })
  total_tokens!: number;
}

export class CreateEmbeddingResponse {
  @ApiProperty({ enum: ['list'] })
  object!: 'list';

  @ApiProperty({ description: 'In the order of the inputs', type: [EmbeddingObject] })
  data!: EmbeddingObject[];

  @ApiProperty({ description: "The model's own name", example: 'all-MiniLM-L6-v2' })
  model!: string;

  @ApiProperty()
  usage!: EmbeddingUsage;
}
