import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SERVER_SETTINGS, type ServerSettings } from '../config/index.js';
import { ServiceError } from '../errors/index.js';

/** Lets a request through that carries ADMIN_KEY as a bearer token or as X-API-Key. Without ADMIN_KEY it lets none. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(@Inject(SERVER_SETTINGS) private readonly settings: ServerSettings) {}

  canActivate(context: ExecutionContext): boolean {
    const { adminKey } = this.settings;
    if (adminKey === undefined) throw new ServiceError('unauthorized', 'This route needs an admin key, and none is set: set ADMIN_KEY.');
    const given = adminCredentialOf(context.switchToHttp().getRequest<FastifyRequest>().headers);
    if (given === undefined || !isSameSecret(given, adminKey)) {
      throw new ServiceError('unauthorized', 'This route needs the admin key, as "Authorization: Bearer KEY" or "X-API-Key: KEY".');
    }
    return true;
  }
}

/** A bearer token, or X-API-Key. */
export function adminCredentialOf(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const key = headers['x-api-key'];
  return bearer ?? (typeof key === 'string' ? key : undefined);
}

/** Hashes first: the comparison's time then tells neither the content nor the length. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest());
}
