import type { IncomingHttpHeaders } from 'node:http';

const BEARER = /^Bearer +(\S+) *$/i;
const BASIC = /^Basic +(\S+) *$/i;

/** What a request carries as its key, as a bearer token or as X-API-Key; undefined = nothing. */
export function secretOf({ authorization, 'x-api-key': apiKey }: IncomingHttpHeaders): string | undefined {
  const bearer = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  return typeof apiKey === 'string' && apiKey !== '' ? apiKey : undefined;
}

/** A key as the password of HTTP Basic with any user name: the only way in which a browser asks a person for one. */
export function basicSecretOf({ authorization }: IncomingHttpHeaders): string | undefined {
  const encoded = authorization === undefined ? undefined : BASIC.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  return /^[^:]*:(.+)$/s.exec(Buffer.from(encoded, 'base64').toString())?.[1];
}
