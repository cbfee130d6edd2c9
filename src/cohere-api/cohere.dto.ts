import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Min } from 'class-validator';
import { faultOfTexts, MOST_FOREIGN_TEXTS } from '../embed-api/index.js';
import { FaultFree, LimitedBody } from '../texts/index.js';

const EMBEDDING_TYPES = ['float', 'int8', 'uint8', 'binary', 'ubinary', 'base64'] as const;
export type EmbeddingType = (typeof EMBEDDING_TYPES)[number];

const TRUNCATIONS = ['NONE', 'START', 'END'] as const;

/** The body of Cohere's POST /v2/embed and POST /v1/embed. */
export class CohereEmbedRequest extends LimitedBody {
  static override readonly isForeign = true;

  @ApiProperty({
    description: `Up to ${MOST_FOREIGN_TEXTS} texts`,
    type: [String],
    minItems: 1,
    maxItems: MOST_FOREIGN_TEXTS,
    example: ['Hello, world!'],
  })
  @FaultFree('areTexts', (value) => (typeof value === 'string' ? 'must be an array of strings' : faultOfTexts(value)))
  texts!: readonly unknown[];

  @ApiPropertyOptional({ description: 'One of GET /v1/models', type: String, nullable: true, example: 'all-MiniLM-L6-v2' })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  model?: string | null;

  @ApiPropertyOptional({
    description: 'What the texts are for: `search_document`, `search_query`, or a prompt of the model',
    type: String,
    nullable: true,
  })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  input_type?: string | null;

  @ApiPropertyOptional({
    description: 'The forms of the vectors; all come from the same vector',
    enum: EMBEDDING_TYPES,
    isArray: true,
    nullable: true,
    default: ['float'],
  })
  @IsOptional()
  @FaultFree('areTypes', faultOfTypes)
  embedding_types?: readonly EmbeddingType[] | null;

  @ApiPropertyOptional({
    description: 'What to cut off a text that is longer than the model reads; `NONE` refuses it',
    enum: TRUNCATIONS,
    nullable: true,
    default: 'END',
  })
  @IsOptional()
  @IsIn(TRUNCATIONS, { message: `must be one of ${TRUNCATIONS.join(', ')}` })
  truncate?: (typeof TRUNCATIONS)[number] | null;

  @ApiPropertyOptional({ description: 'A size that the model was trained for', type: 'integer', minimum: 1, nullable: true })
  @IsOptional()
  @IsInt({ message: 'must be a whole number' })
  @Min(1, { message: 'must be at least 1' })
  output_dimension?: number | null;

  /** Has no fast check: class-validator decides. */
  static accepts(): boolean {
    return false;
  }
}

function faultOfTypes(types: unknown): string | undefined {
  const isList = Array.isArray(types) && types.length > 0 && types.length <= EMBEDDING_TYPES.length;
  const names: readonly unknown[] = EMBEDDING_TYPES;
  return isList && types.every((type) => names.includes(type)) ? undefined : `must be an array of ${EMBEDDING_TYPES.join(', ')}`;
}

export class CohereEmbedResponse {
  @ApiProperty()
  id!: string;

  @ApiProperty({ description: 'A list for each type that was asked for', type: Object, example: { float: [[-0.0367, 0.0297]] } })
  embeddings!: Readonly<Record<string, unknown>>;

  @ApiProperty({ type: [String] })
  texts!: string[];

  @ApiProperty({ enum: ['embeddings_by_type', 'embeddings_floats'] })
  response_type!: string;

  @ApiProperty({ type: Object, example: { api_version: { version: '2' }, billed_units: { input_tokens: 6 } } })
  meta!: object;
}

export class CohereError {
  @ApiProperty()
  id!: string;

  @ApiProperty({ description: 'What is wrong and what to change', example: 'texts is missing' })
  message!: string;
}
