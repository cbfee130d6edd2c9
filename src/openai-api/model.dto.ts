import { ApiProperty } from '@nestjs/swagger';
import { MODEL_STATES, type ModelState } from '../embedding/index.js';
import { OUTPUT_TYPES, type OutputType } from '../vectors/index.js';

const RANGES_DESCRIPTION =
  'The values of the lowest and the highest level of each dimension, which are 0 and 255 in `uint8`, -128 and 127 in `int8`; null = the model has neither type';
const NUMBERS = { type: 'array', items: { type: 'number' } } as const;

export class ModelObject {
  @ApiProperty({ example: 'all-MiniLM-L6-v2' })
  id!: string;

  @ApiProperty({ enum: ['model'] })
  object!: 'model';

  @ApiProperty({ description: 'When this process started, in seconds since 1970' })
  created!: number;

  @ApiProperty({ description: 'The provider that computes the vectors', example: 'local' })
  owned_by!: string;

  @ApiProperty({ description: 'The same', example: 'local' })
  provider!: string;

  @ApiProperty({ description: 'Whether the model is in memory', enum: MODEL_STATES, example: 'loaded' })
  state!: ModelState;

  @ApiProperty({ description: "The model's own name, if `id` is an alias", example: 'all-MiniLM-L6-v2' })
  root!: string;

  @ApiProperty({ description: 'Numbers in a vector', example: 384 })
  dimensions!: number;

  @ApiProperty({
    description:
      'Values of `dimensions` that the model allows: a list, or every size from `least` to `most`. ALLOWED_DIMENSIONS adds sizes to a list',
    oneOf: [
      { type: 'array', items: { type: 'integer' } },
      { type: 'object', required: ['least', 'most'], properties: { least: { type: 'integer' }, most: { type: 'integer' } } },
    ],
    example: [384],
  })
  sizes!: readonly number[] | { readonly least: number; readonly most: number };

  @ApiProperty({ description: 'How the vectors of tokens become one', example: 'mean, normalize' })
  pooling!: string;

  @ApiProperty({
    description: 'Prompts that are put before a text, by `input_type`',
    type: 'object',
    additionalProperties: { type: 'string' },
    example: {},
  })
  prompts!: Readonly<Record<string, string>>;

  @ApiProperty({ description: 'The prompt of texts without `input_type`', type: String, nullable: true, example: null })
  default_prompt!: string | null;

  @ApiProperty({ description: 'Tokens that the model reads of a text, special tokens included', example: 256 })
  max_tokens!: number;

  @ApiProperty({ description: 'Types of the vectors that a request may ask for', enum: OUTPUT_TYPES, isArray: true, example: OUTPUT_TYPES })
  output_dtypes!: readonly OutputType[];

  @ApiProperty({
    description: RANGES_DESCRIPTION,
    type: 'object',
    nullable: true,
    selfRequired: true,
    required: ['least', 'greatest'],
    properties: { least: NUMBERS, greatest: NUMBERS },
    additionalProperties: false,
    example: null,
  })
  ranges!: { readonly least: readonly number[]; readonly greatest: readonly number[] } | null;

  @ApiProperty({ description: 'Fingerprint of everything that decides a vector', example: '3f0c51e2a9b47d68' })
  space!: string;
}

export class ModelList {
  @ApiProperty({ enum: ['list'] })
  object!: 'list';

  @ApiProperty({ type: [ModelObject] })
  data!: readonly ModelObject[];
}
