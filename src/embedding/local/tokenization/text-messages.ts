import type { Topic } from '../../../link/index.js';
import type { Reading } from '../../scheduling/embedding-queue.port.js';

/** One caller's texts, for a thread that works on texts. */
export interface TextsRequest extends Reading {
  readonly texts: readonly string[];
}

/** The results of all texts of a request, in their order. The program decides their form. */
export const WORK_ON_TEXTS: Topic<TextsRequest, unknown> = { name: 'work-on-texts' };
