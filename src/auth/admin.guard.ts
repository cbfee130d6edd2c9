import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ServiceError } from '../errors/index.js';
import { KeyDirectory } from './key-directory.js';

/** Whether the request carries a key of the role admin. */
export function isAdmin({ apiKey }: Pick<FastifyRequest, 'apiKey'>): boolean {
  return apiKey?.role === 'admin';
}

/**
 * Admits requests with a key of the role admin; if there is no such key it admits none. Routes of Fastify
 * plugins, which Nest does not know, call `admit` in a hook.
 */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(private readonly keys: KeyDirectory) {}

  canActivate(context: ExecutionContext): boolean {
    this.admit(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }

  /** Throws a ServiceError unless the request has a key of the role admin. */
  admit(request: Pick<FastifyRequest, 'apiKey'>): void {
    if (isAdmin(request)) return;
    if (request.apiKey !== undefined)
      throw new ServiceError('forbidden', 'This route needs a key of the role admin, and this key is of the role client.');
    throw new ServiceError(
      'unauthorized',
      this.keys.hasAdmin
        ? 'This route needs the admin key, as "Authorization: Bearer KEY" or "X-API-Key: KEY".'
        : 'This route needs an admin key, and none is set: set ADMIN_KEY.',
    );
  }
}
