import { apis } from './apis.js';

/** @typedef {import('./request-source.js').Server} Server */

/** Requests at a time: enough to keep every core busy, and few enough for any server. */
const atOnce = 8;

/**
 * Returns the unparsed answer to each text, which is sent in a request of its own.
 *
 * @param {Server} server
 * @param {readonly string[]} texts
 */
export async function answersAlone(server, texts) {
  const answers = [];
  for (let from = 0; from < texts.length; from += atOnce) {
    const asked = texts.slice(from, from + atOnce).map((text) => askAlone(server, text));
    answers.push(...(await Promise.all(asked)));
  }
  return answers;
}

/**
 * Returns the vector of each text, which is sent in a request of its own.
 *
 * @param {Server} server
 * @param {readonly string[]} texts
 */
export async function vectorsAlone(server, texts) {
  const answers = await answersAlone(server, texts);
  return answers.map((answer) => apis[server.api].vectors(answer)[0] ?? []);
}

/**
 * @param {Server} server
 * @param {string} text
 */
async function askAlone({ url, api, model }, text) {
  const { path, body } = apis[api];
  const response = await fetch(url + path([text]), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body([text], model)),
  });
  const answer = await response.text();
  if (response.status !== 200) throw new Error(`status ${response.status}: ${answer.slice(0, 300)}`);
  return answer;
}
