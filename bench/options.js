import { parseArgs } from 'node:util';
import { apiNames } from './apis.js';

/** @typedef {import('./apis.js').ApiName} ApiName */

/**
 * @typedef {object} Options
 * @property {boolean} quick true = one short round.
 * @property {boolean} full true = more workloads, in fifteen minutes.
 * @property {{ url: string, api: ApiName, model: string } | undefined} against Another server to run the HTTP workloads against.
 */

const usage = `npm run bench -- [--quick | --full] [--against URL [--api ${apiNames.join('|')}] [--model NAME]]`;

/**
 * @param {string[]} words
 * @returns {Options}
 */
export function readOptions(words) {
  const { values } = parseArgs({
    args: words,
    options: {
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      against: { type: 'string' },
      api: { type: 'string', default: 'seed' },
      model: { type: 'string', default: 'all-MiniLM-L6-v2' },
    },
  });
  const { quick, full, against: url, model } = values;
  if (quick && full) throw new Error(`--quick and --full exclude each other; usage: ${usage}`);
  const api = apiNames.find((name) => name === values.api);
  if (api === undefined) throw new Error(`--api ${values.api} is not known; usage: ${usage}`);
  return { quick, full, against: url === undefined ? undefined : { url: url.replace(/\/+$/, ''), api, model } };
}
