import { faultOfText, type TextLimits } from '../../texts/index.js';

/** The text of a field that holds one valid text, alone or in a list; undefined = it holds something else. */
export function onlyTextOf(value: unknown, limits: TextLimits): string | undefined {
  if (Array.isArray(value) && value.length !== 1) return undefined;
  const text: unknown = Array.isArray(value) ? value[0] : value;
  return typeof text === 'string' && faultOfText(text, limits) === undefined && text.isWellFormed() ? text : undefined;
}

/** The fields of a plain body, and which values of them change nothing in its answer. */
export type PlainFields = Readonly<Record<string, (value: unknown) => boolean>>;

/** Whether a body of a foreign dialect has these fields only, with such values; a field that is null counts as left out. */
export function isPlain(body: unknown, fields: PlainFields): body is object {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  return Object.entries(body).every(([name, value]) => value === null || (Object.hasOwn(fields, name) && fields[name]?.(value) === true));
}

export function anything(): boolean {
  return true;
}

export function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whether `truncate` is what it is without the field. */
export function cutsTheEnd(value: unknown): boolean {
  return value === true || value === 'end';
}
