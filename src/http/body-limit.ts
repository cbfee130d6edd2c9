import type { FastifyRequest, RouteOptions } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The setting that says how large a body this route reads. */
    bodyLimitSetting?: string;
  }
}

/** Has the route read no more than so many bytes, and say which setting changes that. */
export function limitBody(route: RouteOptions, bytes: number, setting: string): void {
  route.bodyLimit = bytes;
  route.config = { ...route.config, bodyLimitSetting: setting };
}

/** What to say of a body that was too large: Fastify says only that it was. */
export function bodyLimitMessage({ routeOptions: { bodyLimit, config } }: FastifyRequest): string {
  const setting = config.bodyLimitSetting === undefined ? '' : ` (${config.bodyLimitSetting})`;
  return `The body is larger than the ${bodyLimit} bytes that are read here${setting}; send less at a time.`;
}

/** Whether Fastify refused a body for its size; Nest may have put its own error around that one. */
export function isBodyTooLarge(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return ('code' in thrown && thrown.code === 'FST_ERR_CTP_BODY_TOO_LARGE') || isBodyTooLarge(thrown.cause);
}
