import type { TextLimits } from '../../texts/index.js';
import type { JobFieldRules } from '../job-fields.js';

/** What is allowed in the body and the query of a job. */
export interface JobLimits extends TextLimits, JobFieldRules {}
