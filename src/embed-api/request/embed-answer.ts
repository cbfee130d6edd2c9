import type { StageTimes } from '../../embedding/index.js';

/** The facts about an answer that its headers, the counts and the log use. */
export interface AnswerFacts {
  readonly texts: number;
  readonly cachedTexts: number;
  /** The indexes of the cached texts, where some are cached and some are not. */
  readonly cachedIndexes?: readonly number[] | undefined;
  /** Tokens that the model read for these texts, now or when they were stored. */
  readonly tokens: number;
  readonly stages: StageTimes;
  readonly model: string;
  /** Fingerprint of the space of the vectors. */
  readonly space: string;
}

/** An answer that is ready to be sent. */
export interface EmbedAnswer extends AnswerFacts {
  readonly body: string;
}
