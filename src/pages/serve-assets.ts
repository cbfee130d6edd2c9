import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** The nest CLI copies them beside the compiled code. They run in the browser as they are. */
export const ASSETS_FOLDER = fileURLToPath(new URL('./assets/', import.meta.url));

const UPLOT_FOLDER = dirname(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css')));
const WEEK_SECONDS = 7 * 24 * 3600;

/** The scripts and styles of the pages under /assets. Ours are asked for anew (304), so that a new version is seen at once. */
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
