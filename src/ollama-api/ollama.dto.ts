import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, IsOptional, IsString } from 'class-validator';
import { faultOfTexts, MOST_FOREIGN_TEXTS, SizeField, TextField, TruncateField } from '../embed-api/index.js';
import type { Truncate } from '../embedding/index.js';
import { FaultFree, LimitedBody } from '../texts/index.js';

/** The fields of both of Ollama's bodies. */
class OllamaRequest extends LimitedBody {
  static override readonly isForeign = true;

  @TextField('One of GET /api/tags, with or without `:latest`', 'all-minilm')
  model?: string | null;

  @ApiPropertyOptional({ description: 'Accepted but not used, except `num_ctx`, which is refused', type: Object, nullable: true })
  @IsOptional()
  @IsObject({ message: 'must be an object' })
  @FaultFree('areOptions', faultOfOptions)
  options?: object | null;

  @ApiPropertyOptional({
    description: 'Accepted but not used: the model stays loaded',
    oneOf: [{ type: 'string' }, { type: 'number', nullable: true }],
  })
  @IsOptional()
  keep_alive?: string | number | null;

  /** Has no fast check: class-validator decides. */
  static accepts(): boolean {
    return false;
  }
}

/** The body of POST /api/embed. */
export class OllamaEmbedRequest extends OllamaRequest {
  @ApiProperty({
    description: `A text, or up to ${MOST_FOREIGN_TEXTS} texts`,
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: MOST_FOREIGN_TEXTS }],
    example: ['Hello, world!'],
  })
  @FaultFree('isInput', faultOfTexts)
  input!: string | readonly unknown[];

  @TruncateField('boolean')
  truncate?: Truncate | boolean | null;

  @SizeField()
  dimensions?: number | null;
}

/** The body of the older POST /api/embeddings. */
export class OllamaEmbeddingsRequest extends OllamaRequest {
  @ApiProperty({ description: 'The text', example: 'Hello, world!' })
  @IsString({ message: 'must be a string' })
  prompt!: string;
}

/** Whether options are valid; then they change nothing. */
export function areNoOptions(options: unknown): boolean {
  return typeof options === 'object' && !Array.isArray(options) && faultOfOptions(options) === undefined;
}

/** Other options steer the writing of text, or the machine; this one would cut texts elsewhere. */
function faultOfOptions(options: unknown): string | undefined {
  const isSet = typeof options === 'object' && options !== null && 'num_ctx' in options && options.num_ctx !== null;
  return isSet ? 'must not have num_ctx: the model reads max_tokens of GET /v1/models' : undefined;
}

export class OllamaEmbedResponse {
  @ApiProperty({ example: 'all-MiniLM-L6-v2' })
  model!: string;

  @ApiProperty({ type: 'array', items: { type: 'array', items: { type: 'number' } } })
  embeddings!: number[][];

  @ApiProperty({ description: 'Nanoseconds that the texts took' })
  total_duration!: number;

  @ApiProperty({ description: '0: the model is always loaded' })
  load_duration!: number;

  @ApiProperty({ description: 'Tokens that the model read' })
  prompt_eval_count!: number;
}

export class OllamaEmbeddingsResponse {
  @ApiProperty({ type: [Number] })
  embedding!: number[];
}

export class OllamaError {
  @ApiProperty({ description: 'The fault and what to change', example: 'input is missing' })
  error!: string;
}

class OllamaDetails {
  @ApiProperty({ example: 'onnx' })
  format!: string;

  @ApiProperty({ example: 'local' })
  family!: string;

  @ApiProperty({ type: [String], example: ['local'] })
  families!: readonly string[];

  @ApiProperty({ example: 'q8' })
  quantization_level!: string;

  @ApiProperty({ example: 384 })
  embedding_length!: number;

  @ApiProperty({ example: 256 })
  context_length!: number;
}

class OllamaModel {
  @ApiProperty({ example: 'all-MiniLM-L6-v2' })
  name!: string;

  @ApiProperty({ example: 'all-MiniLM-L6-v2' })
  model!: string;

  @ApiProperty({ description: 'When this process started', format: 'date-time' })
  modified_at!: string;

  @ApiProperty({ description: '0: not told' })
  size!: number;

  @ApiProperty({ description: 'Fingerprint of everything that decides a vector' })
  digest!: string;

  @ApiProperty()
  details!: OllamaDetails;
}

export class OllamaTags {
  @ApiProperty({ type: [OllamaModel] })
  models!: readonly OllamaModel[];
}

export class OllamaVersion {
  @ApiProperty({ description: 'The version of this service', example: '0.1.0' })
  version!: string;
}
