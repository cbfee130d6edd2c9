import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ServiceError } from '../errors/index.js';
import type { ApiKey } from './api-key.js';
import { KeyDirectory } from './key-directory.js';
import { isBoardRoute, isOpenRoute } from './open-routes.js';
import { basicSecretOf, secretOf } from './secret-of.js';

const RETRY_SECONDS = 1;

/** Identifies callers by their keys, and refuses callers without a key if there are keys. */
@Injectable()
export class Authenticator {
  constructor(private readonly keys: KeyDirectory) {}

  identify({ headers, url }: Pick<FastifyRequest, 'headers' | 'url'>): ApiKey | undefined {
    if (this.keys.isEmpty) return undefined;
    const secret = secretOf(headers) ?? (isBoardRoute(url) ? basicSecretOf(headers) : undefined);
    return secret === undefined ? undefined : this.keys.withSecret(secret);
  }

  /** Why this request is refused; undefined = it is not. */
  refusalOf({ apiKey, method, url, headers }: Pick<FastifyRequest, 'apiKey' | 'method' | 'url' | 'headers'>): ServiceError | undefined {
    const { needsKey, isUncertain } = this.keys;
    if (apiKey !== undefined || !(needsKey || isUncertain)) return undefined;
    if (isOpenRoute({ method, url }) || isBoardRoute(url)) return undefined;
    if (isUncertain)
      return new ServiceError('unavailable', 'The stored keys could not be read yet, so this caller cannot be judged; try again.', {
        retryAfterSeconds: RETRY_SECONDS,
      });
    return new ServiceError('unauthorized', `${this.faultOf(secretOf(headers))}, as "Authorization: Bearer KEY" or "X-API-Key: KEY".`);
  }

  private faultOf(secret: string | undefined): string {
    if (secret === undefined) return 'This service needs a key';
    return this.keys.isExpired(secret) ? 'This key has expired; send another' : 'This key is not known; send another';
  }
}
