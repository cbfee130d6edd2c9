import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHART, ROOT } from './paths.js';

/** The sets that are committed in config/kubernetes: for those who have no Helm, and for tests. */
export const RENDERED = ['trial', 'everything'];

/** @param {string} name */
export function renderedFile(name) {
  return join(ROOT, 'config/kubernetes', `${name}.yaml`);
}

/**
 * The first lines of a rendered file. They name the state of the chart, so that a test without Helm finds a stale file.
 *
 * @param {string} name
 */
export function headingOf(name) {
  return [
    `# config/helm with the values of config/helm/ci/${name}.yaml. Do not edit: npm run render:chart writes this file.`,
    `# sha256 of the chart: ${digestOfChart()}`,
  ].join('\n');
}

function digestOfChart() {
  const hash = createHash('sha256');
  for (const file of filesOfChart()) hash.update(`${file}\0`).update(readFileSync(join(CHART, file)));
  return hash.digest('hex');
}

/** Without the linked files, which are not in the rendered ones. */
function filesOfChart() {
  const templates = readdirSync(join(CHART, 'templates')).map((file) => `templates/${file}`);
  return ['Chart.yaml', 'values.yaml', ...templates.sort(), ...RENDERED.map((name) => `ci/${name}.yaml`)];
}
