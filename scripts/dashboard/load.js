import { setTimeout as delay } from 'node:timers/promises';

/**
 * Callers as real ones: most texts are known, some are new, some requests are batches, wrong, or too many; and now and then a job.
 * It ends by itself.
 *
 * @param {readonly string[]} urls
 * @param {number} milliseconds
 */
export async function keepBusy(urls, milliseconds) {
  const until = performance.now() + milliseconds;
  await Promise.all([...urls.map(async (url) => await callUntil(url, until)), submitJobsUntil(urls[0] ?? '', until)]);
}

/**
 * @param {string} url
 * @param {number} until
 */
async function callUntil(url, until) {
  for (let round = 0; performance.now() < until; round++) {
    const known = Array.from({ length: 12 }, (_, index) => `Question ${(round * 7 + index) % 80}`);
    const calls = known.map(async (text) => await post(`${url}/embed`, { text }));
    calls.push(post(`${url}/embed`, { text: `A new question, number ${round} of ${url}` }));
    if (round % 5 === 0) calls.push(post(`${url}/embed/batch`, { texts: longTexts(round, 12) }));
    if (round % 9 === 0) calls.push(post(`${url}/embed`, { text: '' }));
    await Promise.all(calls);
    await delay(60 + 50 * Math.sin(round / 15));
  }
}

/**
 * @param {string} url
 * @param {number} until
 */
async function submitJobsUntil(url, until) {
  for (let round = 0; performance.now() < until; round++) {
    await post(`${url}/jobs`, { texts: longTexts(`job ${round}`, 300) });
    await delay(12_000);
  }
}

/**
 * @param {string | number} name
 * @param {number} count
 */
function longTexts(name, count) {
  return Array.from({ length: count }, (_, index) => `Paragraph ${index} of ${name}. ${'It says a little more about it. '.repeat(4)}`);
}

/**
 * @param {string} url
 * @param {object} body
 */
async function post(url, body) {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  await answer.arrayBuffer();
}
