import { createHash, randomBytes } from 'node:crypto';
import { faultOfKey } from '../config/index.js';

const SECRET_BYTES = 32;

export interface KeyOptions {
  readonly role?: string;
  readonly requests?: string;
  readonly tokens?: string;
  readonly jobs?: string;
  readonly jobTexts?: string;
}

export interface NewKey {
  /** Goes to the caller, and is stored nowhere. */
  readonly secret: string;
  /** Goes into API_KEYS. It holds only the secret's hash. */
  readonly entry: string;
}

/** An option that is not given is left to the service's settings. Returns a string that names the fault of an option. */
export function newKey(name: string, { role = '', requests = '', tokens = '', jobs = '', jobTexts = '' }: KeyOptions): NewKey | string {
  const secret = newSecret();
  const entry = [name, hashOf(secret), role, requests, tokens, jobs, jobTexts].join(':').replace(/:+$/, '');
  return faultOfKey(entry) ?? { secret, entry };
}

export function newSecret(): string {
  return `ep_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** SHA-256, 64 hex digits. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
