import { newKey, type KeyOptions, type NewKey } from '../../src/auth/new-key.js';

export interface MadeKey extends NewKey {
  /** What a request sends as it. */
  readonly headers: Readonly<Record<string, string>>;
}

/** As `embedding-pipeline key` makes one. */
export function makeKey(name: string, options: KeyOptions = {}): MadeKey {
  const made = newKey(name, options);
  if (typeof made === 'string') throw new Error(made);
  return { ...made, headers: { authorization: `Bearer ${made.secret}` } };
}
