import { stageEnded } from '../tracing/index.js';

export const STAGES = ['queue', 'tokenize', 'inference', 'cache', 'serialize'] as const;
export type Stage = (typeof STAGES)[number];
/** Milliseconds by stage. */
export type EnteredStages = { readonly [Name in Stage]?: number };

/** How long the slowest text of one call spent in each stage, in milliseconds; 0 = the stage was not entered. */
export class StageTimes {
  queue = 0;
  tokenize = 0;
  inference = 0;
  cache = 0;
  serialize = 0;

  /** Records a stage that ended now, or `endedMsAgo` ago. */
  atLeast(stage: Stage, milliseconds: number, endedMsAgo = 0): void {
    if (milliseconds <= this[stage]) return;
    this[stage] = milliseconds;
    stageEnded(stage, milliseconds, endedMsAgo);
  }

  /** The stages that were entered, in hundredths of a millisecond. */
  entered(): EnteredStages {
    const entered: { -readonly [Name in Stage]?: number } = {};
    for (const stage of STAGES) if (this[stage] > 0) entered[stage] = Math.round(this[stage] * 100) / 100;
    return entered;
  }

  /** As the value of a Server-Timing header (https://www.w3.org/TR/server-timing/), stages that were entered only. */
  toServerTiming(): string {
    let header = '';
    for (const stage of STAGES) {
      if (this[stage] > 0) header += `${header === '' ? '' : ', '}${stage};dur=${this[stage].toFixed(2)}`;
    }
    return header;
  }
}
