import { isIP } from 'node:net';
import type { WebhookSettings } from '../../config/index.js';
import { faulty } from '../../errors/index.js';
import { isPublicAddress } from './public-address.js';

const LONGEST_URL = 2048;

/** Throws unless webhooks may go to this URL. The addresses of its host are checked when a webhook is sent. */
export function checkWebhookUrl(text: string, { secret, allowPrivate }: WebhookSettings): void {
  const fault = secret === undefined ? 'cannot be used: the service has no WEBHOOK_SECRET to sign with' : faultOf(text, allowPrivate);
  if (fault !== undefined) throw faulty('webhook_url', fault);
}

function faultOf(text: string, allowPrivate: boolean): string | undefined {
  if (text.length > LONGEST_URL || !URL.canParse(text)) return `must be a URL of at most ${LONGEST_URL} characters`;
  const { protocol, hostname, username, password } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return 'must start with https:// or http://';
  if (username !== '' || password !== '') return 'must not hold a user name or password';
  const address = hostname.replace(/^\[|\]$/g, '');
  return allowPrivate || isIP(address) === 0 || isPublicAddress(address) ? undefined : 'must not be a private address';
}
