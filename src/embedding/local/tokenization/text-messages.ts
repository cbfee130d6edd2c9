import type { PackedChunks } from '../../../chunks/index.js';
import type { Topic } from '../../../link/index.js';
import type { Cutting, Reading } from '../../scheduling/embedding-queue.port.js';

/** One caller's texts, for a thread that works on texts. */
export interface TextsRequest extends Reading {
  readonly texts: readonly string[];
}

/** The results of all texts of a request, in their order. The program decides their form. */
export const WORK_ON_TEXTS: Topic<TextsRequest, unknown> = { name: 'work-on-texts' };

export const CUT_DOCUMENT: Topic<Cutting, PackedChunks> = { name: 'cut-document' };
