/**
 * `npm run check:chart`: checks the Helm chart with what reads it later. It needs Go and Python 3, and installs the rest into
 * .cache/. Ends with 1 if something was found.
 *
 * - Helm lints the chart, renders each set of values in config/helm/ci, and refuses wrong values.
 * - The rendered manifests satisfy the strict schemas of three Kubernetes versions, and those of the Prometheus operator and KEDA.
 * - config/kubernetes is what the chart renders.
 * - checkov finds nothing that config/helm/checkov.yml does not explain.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helm, template } from './chart/helm.js';
import { valueSets } from './chart/paths.js';
import { renderedText } from './chart/render.js';
import { RENDERED, renderedFile } from './chart/rendered.js';
import { faultsByKubernetes, faultsOfCustomKinds, KUBERNETES_VERSIONS } from './chart/schemas.js';
import { findings } from './chart/security.js';
import { acceptedWrongValues } from './chart/wrong-values.js';

const folder = mkdtempSync(join(tmpdir(), 'embedding-chart-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

helm(['lint', '--strict', 'config/helm']);
report('helm lint', []);
for (const { name, file } of valueSets()) await checkValues(name, file);
report('wrong values are refused', acceptedWrongValues());
for (const name of RENDERED) report(`config/kubernetes/${name}.yaml`, staleness(name));
report('checkov', findings(folder));

/**
 * @param {string} name
 * @param {string} values
 */
async function checkValues(name, values) {
  const manifests = template(values);
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, manifests);
  for (const version of KUBERNETES_VERSIONS) report(`${name}, Kubernetes ${version}`, faultsByKubernetes(file, version));
  report(`${name}, other projects' resources`, await faultsOfCustomKinds(manifests));
}

/** @param {string} name */
function staleness(name) {
  return readFileSync(renderedFile(name), 'utf8') === renderedText(name) ? [] : ['differs from the chart: npm run render:chart'];
}

/**
 * @param {string} what
 * @param {readonly string[]} faults
 */
function report(what, faults) {
  console.log(`${faults.length === 0 ? 'ok   ' : 'FAULT'} ${what}`);
  for (const fault of faults) console.log(`      ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}
