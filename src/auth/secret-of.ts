import type { IncomingHttpHeaders } from 'node:http';

const BEARER = /^Bearer +(\S+) *$/i;
const BASIC = /^Basic +(\S+) *$/i;

/** The key in a request, from a bearer token or X-API-Key; undefined = there is none. */
export function secretOf({ authorization, 'x-api-key': apiKey }: IncomingHttpHeaders): string | undefined {
  const bearer = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  return typeof apiKey === 'string' && apiKey !== '' ? apiKey : undefined;
}

/** The key as the password of HTTP Basic with any user name, because browsers ask for nothing else. */
export function basicSecretOf({ authorization }: IncomingHttpHeaders): string | undefined {
  const encoded = authorization === undefined ? undefined : BASIC.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  return /^[^:]*:(.+)$/s.exec(Buffer.from(encoded, 'base64').toString())?.[1];
}
