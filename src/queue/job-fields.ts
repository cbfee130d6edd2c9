import { faultOfChunkSize, type ChunkSize } from '../chunks/index.js';
import { faulty } from '../errors/index.js';
import { TRUNCATIONS } from '../embedding/index.js';
import { OUTPUT_TYPES } from '../vectors/index.js';
import type { JobDetails } from './store/job-store.port.js';

/** The fields of a job beside its texts. */
export const JOB_FIELDS = ['model', 'input_type', 'output_dtype', 'truncate', 'webhook_url'] as const;
export type JobField = (typeof JOB_FIELDS)[number];
export type JobFields = Partial<Record<JobField, string>>;

/** Knows which values the models allow. While the model of a job is not known (undefined), a value is allowed that any model allows. */
export interface JobFieldRules {
  /** The fault of a value; undefined = none. */
  faultOfField(field: JobField, value: string, model: string | undefined): string | undefined;
  /** The most tokens that the model reads. */
  maxTokensOf(model: string | undefined): number;
}

/** The place of a value: the name of its field in errors, and the model if that is known. */
interface Place {
  readonly name?: string;
  readonly model?: string | undefined;
}

export function isJobField(name: string): name is JobField {
  return JOB_FIELDS.some((field) => field === name);
}

/** The value of a field, if it is allowed; null is the same as no field. Throws a ServiceError that names the field. */
export function readJobField(
  rules: JobFieldRules,
  field: JobField,
  value: unknown,
  { name = field, model }: Place = {},
): string | undefined {
  if (value === undefined || value === null) return undefined;
  const fault = typeof value === 'string' ? rules.faultOfField(field, value, model) : 'must be a string';
  if (fault !== undefined) throw faulty(name, fault);
  return value as string;
}

export const CHUNK_NUMBERS = ['tokens', 'overlap'] as const;

/** The numbers of a chunk, as they were given. */
type GivenChunk = Readonly<Partial<Record<(typeof CHUNK_NUMBERS)[number], number | undefined>>>;

/** How documents are cut, if that is allowed. Throws a ServiceError; `nameOf` gives the name of a number. */
export function readChunkSize(
  maxTokens: number,
  { tokens = NaN, overlap = 0 }: GivenChunk,
  nameOf: (number: (typeof CHUNK_NUMBERS)[number]) => string,
): ChunkSize {
  const fault = faultOfChunkSize({ tokens, overlap }, maxTokens);
  if (fault !== undefined) throw faulty(nameOf(fault.field), fault.message);
  return { tokens, overlap };
}

/** The details in fields that were read. */
export function detailsIn({ model, input_type: inputType, output_dtype: type, truncate, webhook_url: webhookUrl }: JobFields): JobDetails {
  return {
    model,
    webhookUrl,
    inputType,
    truncate: TRUNCATIONS.find((word) => word === truncate),
    outputType: OUTPUT_TYPES.find((name) => name === type),
  };
}
