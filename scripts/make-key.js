/**
 * Makes an API key: npm run key -- NAME [--role admin] [--requests N] [--tokens N]
 * Prints the secret, which is kept nowhere, and the entry for API_KEYS, which holds only its hash.
 */
import { createHash, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

const USAGE = 'Usage: npm run key -- NAME [--role client|admin] [--requests N] [--tokens N]';
const SECRET_BYTES = 32;

function readOptions() {
  const text = { type: /** @type {const} */ ('string'), default: '' };
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { role: text, requests: text, tokens: text } });
  const [name = '', ...rest] = positionals;
  if (rest.length > 0 || !/^[a-z0-9][\w.-]{0,63}$/i.test(name)) throw new Error('NAME must be letters, digits and . _ -');
  if (!/^(?:client|admin|)$/.test(values.role)) throw new Error('--role must be client or admin');
  if (![values.requests, values.tokens].every((limit) => /^\d{0,9}$/.test(limit))) throw new Error('limits must be whole numbers');
  return { name, ...values };
}

try {
  const { name, role, requests, tokens } = readOptions();
  const secret = `ep_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const hash = createHash('sha256').update(secret).digest('hex');
  const entry = [name, hash, role, requests, tokens].join(':').replace(/:+$/, '');
  process.stdout.write(`Key (shown this once): ${secret}\nFor API_KEYS:          ${entry}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  process.exitCode = 1;
}
