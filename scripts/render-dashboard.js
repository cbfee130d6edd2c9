/** `npm run render:dashboard`: writes the dashboard of config/grafana from its description in scripts/dashboard. */
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { fileURLToPath } from 'node:url';
import { dashboard } from './dashboard/dashboard.js';

const FILE = fileURLToPath(new URL('../config/grafana/dashboards/embedding-pipeline.json', import.meta.url));

const options = await resolveConfig(FILE);
writeFileSync(FILE, await format(JSON.stringify(dashboard(), null, 2), { ...options, filepath: FILE }));
console.log('config/grafana/dashboards/embedding-pipeline.json');
