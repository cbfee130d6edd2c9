import { faulty } from '../errors/index.js';
import { wholeNumberOf } from '../http/index.js';

export type QueryValues = Readonly<Record<string, unknown>>;

interface PageLimits {
  readonly usual: number;
  readonly most: number;
}

/** Reads `after` and `limit`, with which OpenAI's clients page through a list. */
export function pageOf(
  { after, limit }: QueryValues,
  { usual, most }: PageLimits,
): { readonly after: string | undefined; readonly limit: number } {
  const wanted = limit === undefined ? usual : wholeNumberOf(limit);
  if (wanted === undefined || wanted < 1 || wanted > most) throw faulty('limit', `must be a whole number from 1 to ${most}`);
  if (after !== undefined && (typeof after !== 'string' || !/^[\w-]{1,64}$/.test(after)))
    throw faulty('after', 'must be the id of an object');
  return { after, limit: wanted };
}

export function oneOfQuery<T extends string>(name: string, value: unknown, allowed: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((option) => option === value);
  if (found === undefined) throw faulty(name, `must be ${allowed.join(' or ')}`);
  return found;
}

/** A page in OpenAI's form. If `items` has one more than `limit`, there is a next page. */
export function listAnswer<T extends { readonly id: string }>(items: readonly T[], limit: number): ListAnswer<T> {
  const data = items.slice(0, limit);
  return { object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: items.length > limit };
}

export interface ListAnswer<T> {
  readonly object: 'list';
  readonly data: readonly T[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
}
