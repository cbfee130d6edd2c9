import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Whose the jobs, files and batches of a request are: its key's, by name; '' = everybody's who has no key. */
export function ownerOf({ apiKey }: FastifyRequest): string {
  return apiKey?.name ?? '';
}

/** The owner, as a parameter of a controller's method. */
export const Owner = createParamDecorator((_: unknown, context: ExecutionContext) =>
  ownerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
