import type { Reader } from '../setting-readers.js';
import type { Limit } from './model-limits.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Returns the value, or the allowed ones in words. */
type ValueReader<T> = (value: unknown) => { readonly value: T } | { readonly allowed: string };

/** A field of an object in a file: what JSON Schema says about it, and how it is read. */
export interface Field<T> {
  readonly schema: JsonSchema;
  readonly read: ValueReader<T>;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The values of the fields that are there. */
export type ValuesOf<F extends Fields> = { readonly [Name in keyof F]?: F[Name] extends Field<infer T> ? T : never };

export function numberField({ least, most, type, reader }: Limit, description: string): Field<number> {
  return {
    schema: { type, minimum: least, maximum: most, description },
    read: (value) => reader(typeof value === 'number' ? String(value) : ''),
  };
}

/** Reads strings as the setting with the same meaning is read. */
export function textField<T>(reader: Reader<T>, schema: JsonSchema): Field<T> {
  return { schema: { type: 'string', ...schema }, read: (value) => (typeof value === 'string' ? reader(value) : { allowed: 'a string' }) };
}

export function choiceField<const T extends string>(choices: readonly T[], description: string): Field<T> {
  const allowed = choices.join(', ');
  return {
    schema: { enum: choices, description },
    read: (value) => {
      const choice = choices.find((candidate) => candidate === value);
      return choice === undefined ? { allowed } : { value: choice };
    },
  };
}

export function flagField(description: string): Field<boolean> {
  return {
    schema: { type: 'boolean', description },
    read: (value) => (typeof value === 'boolean' ? { value } : { allowed: 'true or false' }),
  };
}

export function listField<T>(item: Field<T>, description: string): Field<readonly T[]> {
  return {
    schema: { type: 'array', items: item.schema, description },
    read: (list) => {
      if (!Array.isArray(list)) return { allowed: 'an array' };
      const read = list.map((value) => item.read(value));
      const fault = read.find((result) => 'allowed' in result);
      if (fault !== undefined) return { allowed: `an array of which each is ${fault.allowed}` };
      return { value: read.flatMap((result) => ('value' in result ? [result.value] : [])) };
    },
  };
}

/** The JSON Schema of an object with these fields and no others. */
export function objectSchema(fields: Fields, required: readonly string[] = []): JsonSchema {
  const properties = Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema]));
  return { type: 'object', ...(required.length > 0 && { required }), properties, additionalProperties: false };
}

/** Reads the fields of an object. Each fault is told with the place of its field. */
export function readFields<F extends Fields>(
  fields: F,
  object: unknown,
  { place, refuse }: { readonly place: string; readonly refuse: (place: string, fault: string) => void },
): ValuesOf<F> {
  if (!isObject(object)) {
    refuse(place, 'must be an object');
    return {};
  }
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    const read = Object.hasOwn(fields, name) ? fields[name]?.read(value) : undefined;
    if (read === undefined) refuse(`${place}.${name}`, `is not known; known are ${Object.keys(fields).join(', ')}`);
    else if ('value' in read) values[name] = read.value;
    else refuse(`${place}.${name}`, `is not allowed: use ${read.allowed}`);
  }
  return values as ValuesOf<F>;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
