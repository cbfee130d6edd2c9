import type { StageTimes } from '../embedding/index.js';
import type { EmbedAnswer } from './embed-answer.js';

/** The headers of an answer. `elapsedMs`: since its request arrived. */
export function answerHeaders(
  { texts, cachedTexts, cachedIndexes, stages, space }: Omit<EmbedAnswer, 'body'>,
  fingerprint: string,
  elapsedMs: number,
): Record<string, string> {
  return {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store', // an answer holds what a user sent: no proxy should keep it
    'x-cache': cachedTexts === texts ? 'hit' : cachedTexts === 0 ? 'miss' : 'partial',
    ...(cachedIndexes && { 'x-cached-texts': cachedIndexes.join(',') }),
    'x-embedding-space': space ?? fingerprint,
    'server-timing': serverTiming(stages, elapsedMs),
  };
}

/** The stages, and the time since the request arrived: a stage may be left out, the whole never is. */
function serverTiming(stages: StageTimes, elapsedMs: number): string {
  const entered = stages.toServerTiming();
  return `${entered}${entered === '' ? '' : ', '}total;dur=${elapsedMs.toFixed(2)}`;
}
