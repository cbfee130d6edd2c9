import { newKey, type KeyOptions, type NewKey } from '../../src/auth/new-key.js';

export interface MadeKey extends NewKey {
  /** The headers of a request with the key. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Makes a key as `embedding-pipeline key` does. */
export function makeKey(name: string, options: KeyOptions = {}): MadeKey {
  const made = newKey(name, options);
  if (typeof made === 'string') throw new Error(made);
  return { ...made, headers: { authorization: `Bearer ${made.secret}` } };
}
