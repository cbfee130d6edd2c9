import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const CHART = join(ROOT, 'config/helm');

/** The sets of values that are checked, by name. */
export function valueSets() {
  return readdirSync(join(CHART, 'ci')).map((file) => ({ name: file.replace('.yaml', ''), file: join(CHART, 'ci', file) }));
}
