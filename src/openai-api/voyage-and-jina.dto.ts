import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { EmbedOptionsBody, SizeField, TruncateField, truncationOf } from '../embed-api/index.js';
import type { Truncate } from '../embedding/index.js';
import { faulty } from '../errors/index.js';
import { FaultFree } from '../texts/index.js';
import { OUTPUT_TYPES, type OutputType } from '../vectors/index.js';

/** `base64` is another form of `float`. */
const EMBEDDING_TYPES = [...OUTPUT_TYPES, 'base64'] as const;

/** The fields that Voyage's and Jina's clients add to OpenAI's. */
export class VoyageAndJinaFields extends EmbedOptionsBody {
  @TruncateField('boolean')
  truncate?: Truncate | boolean | null;

  @ApiPropertyOptional({ description: "Voyage's: `false` refuses texts that are too long", type: Boolean, nullable: true, default: true })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  truncation?: boolean | null;

  @SizeField("Voyage's name of `dimensions`")
  output_dimension?: number | null;

  @ApiPropertyOptional({ description: "Jina's name of `output_dtype`, or of `encoding_format`", enum: EMBEDDING_TYPES, nullable: true })
  @IsOptional()
  @IsIn(EMBEDDING_TYPES, { message: `must be one of ${EMBEDDING_TYPES.join(', ')}` })
  embedding_type?: (typeof EMBEDDING_TYPES)[number] | null;

  @ApiPropertyOptional({
    description: "Jina's: `false` gives vectors before they are scaled to length one",
    type: Boolean,
    nullable: true,
    default: true,
  })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  normalized?: boolean | null;

  @ApiPropertyOptional({ description: "Jina's: only `false` is accepted", type: Boolean, nullable: true })
  @FaultFree('isNotOffered', (value) => (value === true ? 'is not offered; leave it out, or send false' : undefined))
  late_chunking?: boolean | null;
}

type Sized = Pick<VoyageAndJinaFields, 'output_dimension'> & { readonly dimensions?: number | null };

export function dimensionsOf({ dimensions, output_dimension: outputDimension }: Sized): number | undefined {
  const size = dimensions ?? outputDimension ?? undefined;
  if (typeof outputDimension === 'number' && outputDimension !== size)
    throw faulty('output_dimension', 'must not differ from dimensions, which is another name of it');
  return size;
}

/** Voyage's `truncation: true` says nothing about how. */
export function truncateOf({ truncate, truncation }: Pick<VoyageAndJinaFields, 'truncate' | 'truncation'>): Truncate | undefined {
  const asked = truncationOf(truncate);
  if (truncation !== false) return asked;
  if (asked !== undefined && asked !== 'error')
    throw faulty('truncation', 'must not be false where truncate says how to handle long texts');
  return 'error';
}

export interface VectorForm {
  readonly type: OutputType;
  readonly isBase64: boolean;
}

type Formed = Pick<VoyageAndJinaFields, 'output_dtype' | 'embedding_type'> & { readonly encoding_format?: string | null };

export function vectorFormOf({ output_dtype: type, embedding_type: embeddingType, encoding_format: format }: Formed): VectorForm {
  if (typeof type === 'string' && typeof embeddingType === 'string' && embeddingType !== type && embeddingType !== 'base64')
    throw faulty('embedding_type', 'must not differ from output_dtype, which is another name of it');
  return {
    type: type ?? (embeddingType === 'base64' ? 'float' : (embeddingType ?? 'float')),
    isBase64: format === 'base64' || embeddingType === 'base64',
  };
}
