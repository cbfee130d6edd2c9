import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsObject, IsOptional } from 'class-validator';
import { faultOfTexts, MOST_FOREIGN_TEXTS, SizeField, TextField, TruncateField } from '../embed-api/index.js';
import type { Truncate } from '../embedding/index.js';
import { FaultFree, LimitedBody } from '../texts/index.js';

/** Asks how similar each sentence is to the first, as huggingface_hub's sentence_similarity does. */
export interface Similarity {
  readonly source_sentence: unknown;
  readonly sentences: readonly unknown[];
}

const DIRECTIONS = ['Left', 'Right', 'left', 'right'] as const;

/** The body of POST / and POST /embed of text-embeddings-inference. */
export class TeiEmbedRequest extends LimitedBody {
  static override readonly isForeign = true;

  @ApiProperty({
    description: `A text, up to ${MOST_FOREIGN_TEXTS} texts, or \`{source_sentence, sentences}\` for their cosines`,
    oneOf: [
      { type: 'string', minLength: 1 },
      { type: 'array', minItems: 1, maxItems: MOST_FOREIGN_TEXTS, items: { type: 'string', minLength: 1 } },
      {
        type: 'object',
        required: ['source_sentence', 'sentences'],
        properties: { source_sentence: { type: 'string' }, sentences: { type: 'array', items: { type: 'string' } } },
      },
    ],
    example: ['Hello, world!'],
  })
  @FaultFree('areInputs', (value) => faultOfTexts(isSimilarity(value) ? value.sentences : value))
  inputs!: string | readonly unknown[] | Similarity;

  @TruncateField('boolean')
  truncate?: Truncate | boolean | null;

  @ApiPropertyOptional({
    description: 'The side that is cut off; lower case works too',
    enum: ['Left', 'Right'],
    nullable: true,
    default: 'Right',
  })
  @IsOptional()
  @IsIn(DIRECTIONS, { message: 'must be Left or Right' })
  truncation_direction?: (typeof DIRECTIONS)[number] | null;

  @ApiPropertyOptional({
    description: 'false gives vectors before they are scaled to length one',
    type: Boolean,
    nullable: true,
    default: true,
  })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  normalize?: boolean | null;

  @TextField('A prompt of the model, or `query` or `document`')
  prompt_name?: string | null;

  @SizeField()
  dimensions?: number | null;

  @TextField('One of GET /v1/models; absent = the default. text-embeddings-inference has no such field')
  model?: string | null;

  @ApiPropertyOptional({ description: 'Accepted but not used', type: Object, nullable: true })
  @IsOptional()
  @IsObject({ message: 'must be an object' })
  parameters?: object | null;

  /** Has no fast check: plain bodies do not come here. */
  static accepts(): boolean {
    return false;
  }
}

export function isTeiBody(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, 'inputs');
}

export function isSimilarity(value: unknown): value is Similarity {
  return (
    typeof value === 'object' && value !== null && 'source_sentence' in value && 'sentences' in value && Array.isArray(value.sentences)
  );
}

export class TeiError {
  @ApiProperty({ description: 'The fault and what to change, for people', example: 'inputs is missing' })
  error!: string;

  @ApiProperty({ enum: ['Validation', 'Overloaded', 'Backend'] })
  error_type!: string;
}

export class TeiInfo {
  @ApiProperty({ example: 'all-MiniLM-L6-v2' })
  model_id!: string;

  @ApiProperty({ description: 'Hash of the files and of how they are used', type: String, nullable: true })
  model_sha!: string | null;

  @ApiProperty({ example: 'q8' })
  model_dtype!: string;

  @ApiProperty({ type: Object, example: { embedding: { pooling: 'mean' } } })
  model_type!: { readonly embedding: { readonly pooling: string } };

  @ApiProperty({ description: 'Tokens that the model reads of a text', example: 256 })
  max_input_length!: number;

  @ApiProperty({ description: 'Texts that may wait to be computed', example: 4096 })
  max_concurrent_requests!: number;

  @ApiProperty({ description: 'Texts in a request', example: MOST_FOREIGN_TEXTS })
  max_client_batch_size!: number;

  @ApiProperty({ description: 'Longer texts are cut unless `truncate` is false' })
  auto_truncate!: boolean;

  @ApiProperty({ description: 'The version of this service', example: '0.1.0' })
  version!: string;
}
