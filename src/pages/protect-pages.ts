import fastifyHelmet from '@fastify/helmet';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** The policy of pages from packages: nothing from other hosts, and scripts only from files. Some of their styles are inline. */
const DIRECTIVES = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'base-uri': ["'self'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};
const PAGES = /^\/(?:docs|queues)(?:\/|$)/;

/**
 * Helmet for the documentation and the queue board. Other routes do without it, because it costs 14 us a request: answers of JSON
 * need only three fixed headers (src/server/server-hooks.ts). The front page has a stricter policy of its own.
 */
export async function protectPages(app: NestFastifyApplication): Promise<void> {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      if (PAGES.test(route.url)) route.helmet = { contentSecurityPolicy: { useDefaults: false, directives: DIRECTIVES } };
    });
  await app.register(fastifyHelmet, { global: false, strictTransportSecurity: false }); // TLS ends at a proxy, if there is TLS
}
