import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AUTH_SETTINGS, type AuthSettings } from '../config/index.js';
import { ServiceError } from '../errors/index.js';
import type { ApiKey } from './api-key.js';
import { KeyRing } from './key-ring.js';
import { isBoardRoute, isOpenRoute } from './open-routes.js';
import { basicSecretOf, secretOf } from './secret-of.js';

/** Identifies callers by their keys, and refuses callers without a key if keys are set. */
@Injectable()
export class Authenticator {
  private readonly keys: KeyRing;
  private readonly needsKey: boolean;

  constructor(@Inject(AUTH_SETTINGS) settings: AuthSettings) {
    this.keys = new KeyRing(settings);
    this.needsKey = settings.apiKeys.length > 0;
  }

  identify({ headers, url }: Pick<FastifyRequest, 'headers' | 'url'>): ApiKey | undefined {
    if (this.keys.isEmpty) return undefined;
    const secret = secretOf(headers) ?? (isBoardRoute(url) ? basicSecretOf(headers) : undefined);
    return secret === undefined ? undefined : this.keys.find(secret);
  }

  /** Why this request is refused; undefined = it is not. */
  refusalOf({ apiKey, method, url, headers }: Pick<FastifyRequest, 'apiKey' | 'method' | 'url' | 'headers'>): ServiceError | undefined {
    if (!this.needsKey || apiKey !== undefined || isOpenRoute({ method, url }) || isBoardRoute(url)) return undefined;
    const said = secretOf(headers) === undefined ? 'This service needs a key' : 'This key is not known; send another';
    return new ServiceError('unauthorized', `${said}, as "Authorization: Bearer KEY" or "X-API-Key: KEY".`);
  }
}
