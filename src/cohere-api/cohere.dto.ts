import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { faultOfTexts, MOST_FOREIGN_TEXTS, SizeField, TextField, TruncateField } from '../embed-api/index.js';
import { FaultFree, LimitedBody } from '../texts/index.js';

const EMBEDDING_TYPES = ['float', 'int8', 'uint8', 'binary', 'ubinary', 'base64'] as const;
export type EmbeddingType = (typeof EMBEDDING_TYPES)[number];

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

  @TextField('One of GET /v1/models', 'all-MiniLM-L6-v2')
  model?: string | null;

  @TextField('What the texts are for: `search_document`, `search_query`, or a prompt of the model')
  input_type?: string | null;

  @ApiPropertyOptional({
    description: 'Types of the vectors, all made from the same vector',
    enum: EMBEDDING_TYPES,
    isArray: true,
    nullable: true,
    default: ['float'],
  })
  @IsOptional()
  @FaultFree('areTypes', faultOfTypes)
  embedding_types?: readonly EmbeddingType[] | null;

  @TruncateField('cohere')
  truncate?: string | null;

  @SizeField()
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

  @ApiProperty({ description: 'One list for each requested type', type: Object, example: { float: [[-0.0367, 0.0297]] } })
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

  @ApiProperty({ description: 'The fault and what to change', example: 'texts is missing' })
  message!: string;
}
