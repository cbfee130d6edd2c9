import { faultOfText, type TextLimits } from '../../texts/index.js';
import type { Dialect, PlainRequest } from './dialect.port.js';

/** The text of a field that holds one valid text, alone or in a list; undefined = it holds something else. */
export function onlyTextOf(value: unknown, limits: TextLimits): string | undefined {
  if (Array.isArray(value) && value.length !== 1) return undefined;
  const text: unknown = Array.isArray(value) ? value[0] : value;
  return typeof text === 'string' && faultOfText(text, limits) === undefined && text.isWellFormed() ? text : undefined;
}

/** The fields of a plain body, and which values of them change nothing in its answer. */
export type PlainFields = Readonly<Record<string, (value: unknown) => boolean>>;

/** The content of a plain body of a foreign dialect. A field that is null counts as left out. */
interface ForeignFields extends Pick<PlainRequest<object>, 'form'> {
  /** The field that should hold one text. */
  readonly text: unknown;
  readonly model?: string | null | undefined;
  readonly inputType?: string | null | undefined;
}

/** The `plain` of a foreign dialect: a body has these fields only, with such values, and one text. */
export function plainIf<Body extends object>(fields: PlainFields, fieldsOf: (body: Body) => ForeignFields): Dialect<Body>['plain'] {
  return (body, limits) => {
    if (!isPlain(body, fields)) return undefined;
    const request = body as Body;
    const { text: value, model, inputType, ...rest } = fieldsOf(request);
    const text = onlyTextOf(value, limits);
    return text === undefined ? undefined : { body: request, text, model: model ?? undefined, inputType: inputType ?? undefined, ...rest };
  };
}

function isPlain(body: unknown, fields: PlainFields): body is object {
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
