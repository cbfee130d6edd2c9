import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Min } from 'class-validator';
import { TRUNCATIONS, type Truncate } from '../../embedding/index.js';

/** The values of a field `truncate`, and which of ours each one is. */
type TruncateValues = ReadonlyMap<string | boolean, Truncate>;

const OUR_WORDS: TruncateValues = new Map(TRUNCATIONS.map((word) => [word, word]));
const TRUNCATE_VALUES = {
  native: OUR_WORDS,
  /** Those of TEI, Ollama and Jina are booleans. */
  boolean: new Map<string | boolean, Truncate>([...OUR_WORDS, [true, 'end'], [false, 'error']]),
  /** `MEAN` is not Cohere's. */
  cohere: new Map<string, Truncate>([
    ['NONE', 'error'],
    ['START', 'start'],
    ['END', 'end'],
    ['MEAN', 'mean'],
  ]),
} satisfies Record<string, TruncateValues>;

const WHAT_IS_DONE: Readonly<Record<Truncate, string>> = {
  error: 'refuses the request',
  start: 'cuts off its start',
  end: 'cuts off its end',
  mean: 'reads it in windows and gives the mean of their vectors',
};

/** What to do with a text that is longer than the model reads. */
export function TruncateField(values: keyof typeof TRUNCATE_VALUES): PropertyDecorator {
  const known: TruncateValues = TRUNCATE_VALUES[values];
  const all = [...known.keys()];
  const words = all.filter((value) => typeof value === 'string');
  const meanings = [...known].map(([value, truncate]) => `\`${value}\` ${WHAT_IS_DONE[truncate]}`);
  const told = {
    description: `What to do with a text that is longer than the model reads: ${meanings.join(', ')}`,
    default: words.find((word) => known.get(word) === 'end'),
  };
  const wordsOrBoolean = [
    { type: 'string', enum: words },
    { type: 'boolean', nullable: true },
  ];
  return applyDecorators(
    words.length === all.length
      ? ApiPropertyOptional({ ...told, enum: words, nullable: true })
      : ApiPropertyOptional({ ...told, oneOf: wordsOrBoolean }),
    IsOptional(),
    IsIn(all, { message: `must be one of ${all.join(', ')}` }),
  );
}

/** The value of such a field, in our words; undefined = nothing is asked for. */
export function truncationOf(value: string | boolean | null | undefined): Truncate | undefined {
  if (value === null || value === undefined) return undefined;
  return TRUNCATE_VALUES.boolean.get(value) ?? (typeof value === 'string' ? TRUNCATE_VALUES.cohere.get(value) : undefined);
}

/** A size for the vectors. */
export function SizeField(
  description = 'One of the sizes that the model was trained for; vectors are cut to it and scaled to length one again',
): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ description, type: 'integer', minimum: 1, nullable: true }),
    IsOptional(),
    IsInt({ message: 'must be a whole number' }),
    Min(1, { message: 'must be at least 1' }),
  );
}

/** A field that holds a text, or null. */
export function TextField(description: string, example?: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ description, type: String, nullable: true, ...(example !== undefined && { example }) }),
    IsOptional(),
    IsString({ message: 'must be a string' }),
  );
}
