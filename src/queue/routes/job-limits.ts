import type { TextLimits } from '../../texts/index.js';
import type { JobDetails } from '../store/job-store.port.js';
import type { JobFieldRules } from '../job-fields.js';

/** The limits of the body and the query of a job. */
export interface JobLimits extends TextLimits, JobFieldRules {
  /** Characters (code points) of a text that is cut into chunks. */
  readonly maxDocumentLength: number;
  readonly defaultModel: string;
  /** Bytes of JSON that one caller may have in memory. */
  readonly maxBytesPerCaller: number;
}

/** The limits of texts that are cut into chunks. */
export function documentLimits({ maxDocumentLength }: Pick<JobLimits, 'maxDocumentLength'>): TextLimits {
  return { maxTextLength: maxDocumentLength, lengthSetting: 'MAX_DOCUMENT_LENGTH' };
}

/** The limits of the texts of a job with these details. */
export function textLimits(limits: JobLimits, { chunk }: Pick<JobDetails, 'chunk'>): TextLimits {
  return chunk === undefined ? { maxTextLength: limits.maxTextLength } : documentLimits(limits);
}
