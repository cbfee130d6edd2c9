import type { CutOff } from '../../scheduling/embedding-queue.port.js';

/** What is said between the HTTP thread and a thread that works on texts. */
export interface TextsRequest {
  readonly id: number;
  readonly texts: readonly string[];
  readonly cutOff: CutOff;
}

export interface TextsReply<Results> {
  readonly id: number;
  readonly results: Results;
}
