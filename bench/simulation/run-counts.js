/** @typedef {{ runs: number, wideRuns: number, runsOfAtMost: (texts: number) => number }} RunCounts */

/** Reads from the service's metrics how many groups it has run, and of which size. @param {string} url @returns {Promise<RunCounts>} */
export async function runCounts(url) {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const read = (/** @type {string} */ name, label = '') =>
    Number(new RegExp(`^${name}\\{[^}]*${label}[^}]*\\} (\\S+)`, 'm').exec(metrics)?.[1] ?? NaN);
  return {
    runs: read('embedding_group_texts_count'),
    wideRuns: read('embedding_wide_runs_total'),
    runsOfAtMost: (texts) => read('embedding_group_texts_bucket', `le="${texts}"`),
  };
}

/**
 * The padded tokens of a group, which the service measured at its start: 64, 128 or 256. A group of texts of 27 to 37 tokens
 * has at most 2, 4 or 9 texts then.
 *
 * @param {RunCounts} before @param {RunCounts} after
 */
export function groupTokens(before, after) {
  const larger = (/** @type {number} */ texts) => after.runs - after.runsOfAtMost(texts) > before.runs - before.runsOfAtMost(texts);
  if (larger(4)) return 256;
  return larger(2) ? 128 : 64;
}
