/** The counts that are kept of a key. */
export interface UsageCounts {
  /** Includes refused requests, but not those to open routes. */
  readonly requests: number;
  /** Requests that were refused for a limit of the caller. */
  readonly refused: number;
  /** Texts that were answered with a vector. */
  readonly texts: number;
  /** Tokens of those texts, as the answers say. */
  readonly tokens: number;
  /** Texts that were submitted as jobs and batches. */
  readonly jobTexts: number;
}

/** The use of one key on one day. */
export interface DayUse extends UsageCounts {
  /** In UTC, as `2026-11-30`. */
  readonly day: string;
  /** The name of the key. */
  readonly name: string;
}

/** Counts to be added to what is stored. */
export interface UsageBatch {
  /** A batch that is sent again, because its sender does not know whether it arrived, counts once. */
  readonly id: string;
  readonly rows: readonly DayUse[];
}

/** Days that are kept, the current one included. */
export const KEPT_DAYS = 100;

/** Keeps the use of keys by day, summed over all processes. Methods reject with a ServiceError. */
export interface UsageStore {
  add(batch: UsageBatch): Promise<void>;
  /** The rows of these days, in the order of the days, then of the names. */
  read(days: readonly string[]): Promise<readonly DayUse[]>;
  /** Forgets all days before this one. A store may do it by itself. */
  forgetBefore(day: string): Promise<void>;
}

export const NO_USE: UsageCounts = { requests: 0, refused: 0, texts: 0, tokens: 0, jobTexts: 0 };
export const COUNTED = ['requests', 'refused', 'texts', 'tokens', 'jobTexts'] as const satisfies readonly (keyof UsageCounts)[];

export function addedCounts(left: UsageCounts, right: UsageCounts): UsageCounts {
  return {
    requests: left.requests + right.requests,
    refused: left.refused + right.refused,
    texts: left.texts + right.texts,
    tokens: left.tokens + right.tokens,
    jobTexts: left.jobTexts + right.jobTexts,
  };
}
