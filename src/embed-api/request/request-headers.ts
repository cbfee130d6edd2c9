import type { IncomingHttpHeaders } from 'node:http';
import type { CacheUse } from '../../embedding/index.js';

/** The options in the headers of a request for embeddings. */
interface HeaderOptions {
  readonly cacheUse: CacheUse;
  /** X-Require-Embedding-Space; undefined = any space will do. */
  readonly requiredSpace: string | undefined;
}

export function headerOptions(headers: IncomingHttpHeaders): HeaderOptions {
  const required = headers['x-require-embedding-space'];
  return { cacheUse: cacheUseOf(headers['cache-control']), requiredSpace: required?.toString() };
}

/** Whether any header sets an option, so that the request is not plain. */
export function hasHeaderOptions(headers: IncomingHttpHeaders): boolean {
  return headers['cache-control'] !== undefined || headers['x-require-embedding-space'] !== undefined;
}

/** Cache-Control of a request (RFC 9111): `no-cache` computes again and stores, `no-store` does not store. */
function cacheUseOf(header: string | undefined): CacheUse {
  if (header === undefined) return 'normal';
  if (/\bno-store\b/i.test(header)) return 'skip-store';
  return /\bno-cache\b/i.test(header) ? 'refresh' : 'normal';
}
