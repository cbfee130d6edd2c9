import { samplesOf } from './live-sample.js';

const TIMEOUT_MS = 5_000;

/** The samples that the service has kept, the oldest first; none if it keeps none for this page. */
export async function readHistory() {
  const answer = await fetch('/metrics/history', { signal: AbortSignal.timeout(TIMEOUT_MS), cache: 'no-store' });
  if (!answer.ok) return [];
  const kept = /** @type {import('./live-sample.js').KeptMetrics & { now: number }} */ (await answer.json());
  return samplesOf(kept, Date.now() / 1000 - kept.now);
}
