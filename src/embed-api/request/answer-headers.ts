import { cacheStateOf, type StageTimes } from '../../embedding/index.js';
import type { AnswerFacts } from './embed-answer.js';

/** The headers of an answer. `elapsedMs`: since its request arrived. */
export function answerHeaders(facts: AnswerFacts, elapsedMs: number): Readonly<Record<string, string>> {
  const { cachedIndexes, stages, space } = facts;
  return {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store', // no proxy should keep an answer, because it says what a user sent
    'x-cache': cacheStateOf(facts),
    ...(cachedIndexes && { 'x-cached-texts': cachedIndexes.join(',') }),
    'x-embedding-space': space,
    'server-timing': serverTiming(stages, elapsedMs),
  };
}

/** The stages that were entered, and the time since the request arrived. */
function serverTiming(stages: StageTimes, elapsedMs: number): string {
  const entered = stages.toServerTiming();
  return `${entered}${entered === '' ? '' : ', '}total;dur=${elapsedMs.toFixed(2)}`;
}
