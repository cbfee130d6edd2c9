import { stageEnded } from '../tracing/index.js';

export const STAGES = ['queue', 'tokenize', 'inference', 'cache', 'serialize'] as const;
export type Stage = (typeof STAGES)[number];

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

  /** As the value of a Server-Timing header (https://www.w3.org/TR/server-timing/), stages that were entered only. */
  toServerTiming(): string {
    let header = '';
    for (const stage of STAGES) {
      if (this[stage] > 0) header += `${header === '' ? '' : ', '}${stage};dur=${this[stage].toFixed(2)}`;
    }
    return header;
  }
}
