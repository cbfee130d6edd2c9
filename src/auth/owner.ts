import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** The owner of the jobs, files and batches of a request: the name of its key. '' = all callers without a key share them. */
export function ownerOf({ apiKey }: Pick<FastifyRequest, 'apiKey'>): string {
  return apiKey?.name ?? '';
}

/** The owner, as a parameter of a controller's method. */
export const Owner = createParamDecorator((_: unknown, context: ExecutionContext) =>
  ownerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
