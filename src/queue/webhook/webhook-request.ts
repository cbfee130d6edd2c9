import { lookup as dnsLookup } from 'node:dns';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { withDeadline } from '../../time/index.js';
import { isPublicAddress } from './public-address.js';

const TIMEOUT_MS = 10_000;

export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
}

/**
 * Resolves to the status of the answer. A name is resolved once, and the connection goes to an address that was checked.
 * Redirects are not followed, and the body of the answer is thrown away.
 */
export async function postWebhook(webhook: WebhookRequest): Promise<number> {
  const { url, headers, body, allowPrivate, signal } = webhook;
  const target = new URL(url);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) throw new Error('the address is not public');
  const options: RequestOptions = {
    method: 'POST',
    agent: false,
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    ...(allowPrivate ? {} : { lookup: publicLookup }),
  };
  const deadline = { signal, timeoutMs: TIMEOUT_MS };
  return await withDeadline(deadline, async (ending) => await post(target, { ...options, signal: ending }, body));
}

async function post(target: URL, options: RequestOptions, body: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    const request = (target.protocol === 'https:' ? httpsRequest : httpRequest)(target, options, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    request.on('error', (error) => reject(options.signal?.aborted === true ? (options.signal.reason as Error) : error));
    request.end(body);
  });
}

/** Resolves a name to its public addresses only. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
    const allowed = error === null ? addresses.filter(({ address }) => isPublicAddress(address)) : [];
    const [first] = allowed;
    if (error !== null) callback(error, '', 0);
    else if (first === undefined) callback(new Error(`${hostname} has no public address`), '', 0);
    else if (options.all === true) callback(null, allowed);
    else callback(null, first.address, first.family);
  });
};
