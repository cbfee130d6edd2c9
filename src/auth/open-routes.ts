import type { FastifyRequest } from 'fastify';

/**
 * Public routes: no key, no rate limit. The front page (its path is empty) and its assets, probes, scrapes, and the
 * documentation. All other routes need a key if keys are set, and so does POST on these paths.
 */
const OPEN_ROUTES = /^\/(?:(?:|health|ready|metrics|metrics\/history|docs|docs-json)(?:\?|$)|(?:assets|health|docs)\/)/;

export function isOpenRoute({ method, url }: Pick<FastifyRequest, 'method' | 'url'>): boolean {
  return method !== 'POST' && OPEN_ROUTES.test(url);
}

/** The queue board asks for the admin key itself, by HTTP Basic, which browsers understand. */
export function isBoardRoute(url: string): boolean {
  return /^\/queues(?:[/?]|$)/.test(url);
}
