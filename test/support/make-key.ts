import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../scripts/make-key.js', import.meta.url));

export interface MadeKey {
  readonly secret: string;
  /** For API_KEYS. */
  readonly entry: string;
  /** What a request sends as it. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A key made by the project's own command. */
export function makeKey(name: string, ...options: readonly string[]): MadeKey {
  const output = execFileSync(process.execPath, [SCRIPT, name, ...options], { encoding: 'utf8' });
  const [, secret = '', entry = ''] = /: (ep_\S+)\n.*: +(\S+)\n$/.exec(output) ?? [];
  return { secret, entry, headers: { authorization: `Bearer ${secret}` } };
}
