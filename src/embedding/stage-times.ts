export const STAGES = ['queue', 'tokenize', 'inference', 'cache', 'serialize'] as const;
export type Stage = (typeof STAGES)[number];

/** How long the slowest text of one call spent in each stage, in milliseconds; 0 = the stage was not entered. */
export class StageTimes {
  queue = 0;
  tokenize = 0;
  inference = 0;
  cache = 0;
  serialize = 0;

  atLeast(stage: Stage, milliseconds: number): void {
    if (milliseconds > this[stage]) this[stage] = milliseconds;
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
