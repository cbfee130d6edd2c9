import { apis } from './apis.js';
import { TextSource } from './text-source.js';

/**
 * @typedef {object} Server
 * @property {string} url
 * @property {import('./apis.js').ApiName} api
 * @property {string} model
 * @property {string} [forwardedFor] The caller that a proxy names in X-Forwarded-For.
 */
/** @typedef {{ texts: readonly string[], bytes: Buffer, answerBytes: number | undefined }} HttpRequest */
/** @typedef {{ next: () => HttpRequest }} RequestSource */

/**
 * Makes requests for texts that were never sent before.
 *
 * @param {Server} server
 * @param {{ range: import('./text-source.js').TokenRange, textsPerRequest: number }} shape
 * @returns {RequestSource}
 */
export function newRequests(server, { range, textsPerRequest }) {
  const source = new TextSource(range);
  return { next: () => requestFor(server, source.take(textsPerRequest)) };
}

/**
 * Makes a request for each of the texts, then starts again with the first.
 *
 * @param {Server} server
 * @param {readonly string[]} texts
 * @returns {RequestSource}
 */
export function repeatedRequests(server, texts) {
  const requests = texts.map((text) => requestFor(server, [text]));
  let at = 0;
  return {
    next() {
      const request = requests[at++ % requests.length];
      if (request === undefined) throw new RangeError('no texts');
      return request;
    },
  };
}

/**
 * @param {Server} server
 * @param {readonly string[]} texts
 * @returns {HttpRequest}
 */
function requestFor({ url, api, model, forwardedFor }, texts) {
  const { host, pathname } = new URL(url + apis[api].path(texts));
  const body = JSON.stringify(apis[api].body(texts, model));
  const proxied = forwardedFor === undefined ? '' : `x-forwarded-for: ${forwardedFor}\r\n`;
  const head = `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\n${proxied}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return { texts, bytes: Buffer.from(head + body), answerBytes: undefined };
}
