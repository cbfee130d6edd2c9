import type { EmbedAnswer } from './embed-answer.js';

/** What the headers of an answer say of it. */
export function answerHeaders(
  { texts, cachedTexts, cachedIndexes, stages, space }: Omit<EmbedAnswer, 'body'>,
  fingerprint: string,
): Record<string, string> {
  return {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store', // an answer holds what a user sent: no proxy should keep it
    'x-cache': cachedTexts === texts ? 'hit' : cachedTexts === 0 ? 'miss' : 'partial',
    ...(cachedIndexes && { 'x-cached-texts': cachedIndexes.join(',') }),
    'x-embedding-space': space ?? fingerprint,
    'server-timing': stages.toServerTiming(),
  };
}
