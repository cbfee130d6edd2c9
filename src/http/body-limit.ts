import type { FastifyRequest, RouteOptions } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The setting for the size of a body that this route reads. */
    bodyLimitSetting?: string;
  }
}

/** Limits the body that the route reads. Its error names the setting. */
export function limitBody(route: RouteOptions, bytes: number, setting: string): void {
  route.bodyLimit = bytes;
  route.config = { ...route.config, bodyLimitSetting: setting };
}

/** The message for a body that is too large, because Fastify's does not name the limit. */
export function bodyLimitMessage({ routeOptions: { bodyLimit, config } }: FastifyRequest): string {
  const setting = config.bodyLimitSetting === undefined ? '' : ` (${config.bodyLimitSetting})`;
  return `The body is larger than the ${bodyLimit} bytes that are read here${setting}; send less at a time.`;
}

/** Whether Fastify refused a body for its size. Nest may have wrapped that error in its own. */
export function isBodyTooLarge(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return ('code' in thrown && thrown.code === 'FST_ERR_CTP_BODY_TOO_LARGE') || isBodyTooLarge(thrown.cause);
}
