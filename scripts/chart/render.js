import { template } from './helm.js';
import { valueSets } from './paths.js';
import { headingOf } from './rendered.js';

/** Copies of files that are in the repository already. */
const COPIES = ['kind: PrometheusRule', '-dashboard\n'];

/**
 * The text of a file in config/kubernetes.
 *
 * @param {string} name
 */
export function renderedText(name) {
  const set = valueSets().find((candidate) => candidate.name === name);
  if (set === undefined) throw new Error(`there are no values ${name}`);
  const manifests = template(set.file).split(/^---\n/m);
  const wanted = manifests.filter((manifest) => manifest.trim() !== '' && !COPIES.some((mark) => manifest.includes(mark)));
  return `${headingOf(name)}\n${wanted.map((manifest) => `---\n${manifest.trimEnd()}\n`).join('')}`;
}
