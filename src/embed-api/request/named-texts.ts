import type { Fault } from '../../errors/index.js';
import { faultOfText, wellFormed, type TextLimits } from '../../texts/index.js';
import type { EmbeddingRequest } from './dialect.port.js';

/** Texts in one request of another server's dialect, as OpenAI allows. */
export const MOST_FOREIGN_TEXTS = 2048;

/** The texts of a field that holds one text or several, and their names: `inputs`, or `inputs[3]`. */
export function namedTexts(field: string, value: unknown, limits: TextLimits): Pick<EmbeddingRequest, 'texts' | 'fieldOf'> {
  const fieldOf = (index: number): string => (Array.isArray(value) ? `${field}[${index}]` : field);
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return { texts: values.map((text, index) => checkedText(fieldOf(index), text, limits)), fieldOf };
}

/** The fault of such a field as a whole. Single texts are checked by namedTexts. */
export function faultOfTexts(value: unknown): string | undefined {
  if (value === undefined || value === null) return 'is missing';
  if (typeof value === 'string') return undefined;
  if (!Array.isArray(value)) return 'must be a string or an array of strings';
  return value.length > 0 && value.length <= MOST_FOREIGN_TEXTS
    ? undefined
    : `must hold 1 to ${MOST_FOREIGN_TEXTS} texts, not ${value.length}`;
}

function checkedText(field: string, text: unknown, limits: TextLimits): string | Fault {
  const fault = faultOfText(text, limits);
  return fault === undefined ? wellFormed(String(text)) : { field, message: fault };
}
