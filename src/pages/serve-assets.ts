import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic, { type FastifyStaticOptions } from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Browsers run the scripts of the pages unchanged; the build copies them beside the program. */
export const ASSETS_FOLDER = fileURLToPath(new URL('./assets/', import.meta.url));

const require = createRequire(import.meta.url);
const UPLOT_FOLDER = dirname(require.resolve('uplot/dist/uPlot.min.css'));
const COMPRESSORS = require.resolve('hyparquet-compressors');

/** Modules of packages that the page imports for a Parquet file (parquet-library.js). */
const MODULES: readonly { readonly folder: string; readonly prefix: string }[] = [
  { folder: dirname(require.resolve('hyparquet/src/index.js')), prefix: '/assets/hyparquet/' },
  { folder: dirname(COMPRESSORS), prefix: '/assets/hyparquet-compressors/' },
  { folder: join(dirname(createRequire(COMPRESSORS).resolve('fzstd')), '../esm'), prefix: '/assets/fzstd/' },
];
const WEEK_SECONDS = 7 * 24 * 3600;

/** Serves the scripts and styles of the pages under /assets. Browsers ask each time whether ours have changed (304), so that they use a new version at once. */
export async function serveAssets(app: NestFastifyApplication): Promise<void> {
  const usual = { index: false, decorateReply: false, cacheControl: false } as const;
  const cacheControl = (path: string): string => (path.startsWith(UPLOT_FOLDER) ? `public, max-age=${WEEK_SECONDS}` : 'no-cache');
  const setHeaders: FastifyStaticOptions['setHeaders'] = (reply, path) => void reply.header('cache-control', cacheControl(path));
  await app.register(fastifyStatic, { ...usual, root: [ASSETS_FOLDER, UPLOT_FOLDER], prefix: '/assets/', setHeaders });
  for (const { folder: root, prefix } of MODULES) await app.register(fastifyStatic, { ...usual, root, prefix, setHeaders });
}
