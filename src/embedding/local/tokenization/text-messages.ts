/** Which side of a text is cut off when it is too long. */
export type CutOff = 'start' | 'end';

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
