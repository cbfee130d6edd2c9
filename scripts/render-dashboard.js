/** `npm run render:dashboard`: writes the dashboard of config/grafana from its description in scripts/dashboard. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dashboard } from './dashboard/dashboard.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FILE = 'config/grafana/dashboards/embedding-pipeline.json';

writeFileSync(join(ROOT, FILE), JSON.stringify(dashboard(), null, 2));
execFileSync(join(ROOT, 'node_modules/.bin/oxfmt'), [FILE], { cwd: ROOT });
console.log(FILE);
