import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Browsers run the scripts of the pages unchanged; the build copies them beside the program. */
export const ASSETS_FOLDER = fileURLToPath(new URL('./assets/', import.meta.url));

const UPLOT_FOLDER = dirname(createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css'));
const WEEK_SECONDS = 7 * 24 * 3600;

/** Serves the scripts and styles of the pages under /assets. Browsers ask each time whether ours have changed (304), so that they use a new version at once. */
export async function serveAssets(app: NestFastifyApplication): Promise<void> {
  await app.register(fastifyStatic, {
    root: [ASSETS_FOLDER, UPLOT_FOLDER],
    prefix: '/assets/',
    index: false,
    decorateReply: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.header('cache-control', path.startsWith(UPLOT_FOLDER) ? `public, max-age=${WEEK_SECONDS}` : 'no-cache');
    },
  });
}
