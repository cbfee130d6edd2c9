import { faulty } from '../../errors/index.js';
import { wholeNumberOf } from '../../http/index.js';
import { CHUNK_NUMBERS, detailsIn, JOB_FIELDS, readChunkSize, readJobField, type JobFieldRules, type JobFields } from '../job-fields.js';
import { isJobId } from '../job-id.js';
import type { JobDetails } from '../store/job-store.port.js';

export const RESULT_FORMATS = ['ndjson', 'json', 'npy', 'parquet'] as const;
type ResultFormat = (typeof RESULT_FORMATS)[number];

const MOST_A_PAGE = 100;
const USUAL_PAGE = 20;
const LONGEST_NAME = 100;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

type Query = Readonly<Record<string, unknown>>;

interface DefaultModel {
  readonly defaultModel: string;
}

export function formatOf({ format = 'ndjson' }: Query): ResultFormat {
  const known = RESULT_FORMATS.find((name) => name === format);
  if (known === undefined) throw faulty('format', `must be one of ${RESULT_FORMATS.join(', ')}`);
  return known;
}

/** The fields of a job whose body is NDJSON, which has no place for them. */
export function jobDetailsOf(query: Query, rules: JobFieldRules & DefaultModel): JobDetails {
  const known: readonly string[] = [...JOB_FIELDS, ...CHUNK_NUMBERS.map(chunkName)];
  refuseOthers(query, (name) => known.includes(name), `is not known here; the query may have ${known.join(', ')}`);
  const fields: JobFields = {};
  for (const field of JOB_FIELDS) {
    const value = readJobField(rules, field, query[field], { model: fields.model ?? rules.defaultModel });
    if (value !== undefined) fields[field] = value;
  }
  return { ...detailsIn(fields), chunk: chunkSizeOf(query, rules.maxTokensOf(fields.model ?? rules.defaultModel)) };
}

/** The name of a number of `chunk` in the query. */
export function chunkName(number: (typeof CHUNK_NUMBERS)[number]): string {
  return `chunk_${number}`;
}

function chunkSizeOf(query: Query, maxTokens: number): JobDetails['chunk'] {
  const [tokens, overlap] = CHUNK_NUMBERS.map((name) => {
    const value = query[chunkName(name)];
    return value === undefined ? undefined : (wholeNumberOf(value) ?? NaN);
  });
  return tokens === undefined && overlap === undefined ? undefined : readChunkSize(maxTokens, { tokens, overlap }, chunkName);
}

/** A field in the query would be passed over in silence. */
export function refuseQuery(query: Query): void {
  refuseOthers(query, () => false, 'is not known in the query; a JSON body has the fields itself');
}

function refuseOthers(query: Query, isKnown: (name: string) => boolean, message: string): void {
  const unknown = Object.keys(query).find((name) => !isKnown(name));
  if (unknown !== undefined) throw faulty(unknown.slice(0, LONGEST_NAME), message);
}

/** The index of the first result to send. */
export function firstIndexOf({ after }: Query): number {
  if (after === undefined) return 0;
  const index = wholeNumberOf(after);
  if (index === undefined) throw faulty('after', 'must be the index of a result, a whole number');
  return index + 1;
}

export function pageOf({ after, limit = String(USUAL_PAGE) }: Query): { readonly before: string | undefined; readonly limit: number } {
  const most = wholeNumberOf(limit);
  if (most === undefined || most < 1 || most > MOST_A_PAGE) throw faulty('limit', `must be a whole number from 1 to ${MOST_A_PAGE}`);
  if (after !== undefined && (typeof after !== 'string' || !isJobId(after))) throw faulty('after', 'must be the id of a job');
  return { before: after, limit: most };
}

export function idempotencyKeyOf(header: unknown): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !IDEMPOTENCY_KEY.test(header))
    throw faulty('Idempotency-Key', 'must have 1 to 255 ASCII characters without spaces');
  return header;
}
