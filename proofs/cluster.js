/**
 * `npm run proof:cluster`: applies config/kubernetes/trial.yaml to a real API server of Kubernetes, with strict validation, in a
 * namespace that enforces the strictest security of pods. There are no nodes, so no pod runs; but each pod is created, as a
 * Deployment would create it. Ends with 1 if something is refused or warned of. It needs Go, and half an hour the first time.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { startControlPlane } from '../scripts/chart/control-plane.js';
import { renderedFile } from '../scripts/chart/rendered.js';

/**
 * @typedef {object} Manifest
 * @property {string} apiVersion
 * @property {string} kind
 * @property {{ name: string, labels?: Record<string, string> }} metadata
 * @property {{ template?: { metadata: object, spec: object } }} [spec]
 */

const NAMESPACE = 'embedding-pipeline';
/** @type {Record<string, string>} */
const PLURALS = { NetworkPolicy: 'networkpolicies', Ingress: 'ingresses' };

const folder = mkdtempSync(join(tmpdir(), 'embedding-cluster-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const { ask } = await startControlPlane(folder);
const labels = { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' };
await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } });
for (const name of ['trial', 'everything']) for (const manifest of manifestsOf(name)) await applyWithPod(name, manifest);
process.exit();

/** @param {string} name */
function manifestsOf(name) {
  const documents = parseAllDocuments(readFileSync(renderedFile(name), 'utf8'));
  return documents.map((document) => /** @type {Manifest} */ (document.toJS())).filter(({ apiVersion }) => isBuiltIn(apiVersion));
}

/** The API server knows no resources of other projects. @param {string} apiVersion */
function isBuiltIn(apiVersion) {
  return !/monitoring\.coreos\.com|keda\.sh/.test(apiVersion);
}

/**
 * @param {string} name
 * @param {Manifest} manifest
 */
async function applyWithPod(name, manifest) {
  await apply(manifest, name);
  const { template } = manifest.spec ?? {};
  if (manifest.kind !== 'Deployment' || template === undefined) return; // a StatefulSet also adds volumes to its pods
  const metadata = { ...template.metadata, name: `${name}-${manifest.metadata.name}-0` };
  await apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec }, name);
}

/**
 * @param {Manifest} manifest
 * @param {string} [name]
 */
async function apply(manifest, name = '') {
  const query = 'fieldManager=proof&fieldValidation=Strict&force=true';
  const { status, warnings, message } = await ask({
    method: 'PATCH',
    path: `${pathOf(manifest)}?${query}`,
    body: JSON.stringify(manifest),
  });
  const isFine = status < 300 && warnings.length === 0;
  console.log(`${isFine ? 'ok   ' : 'FAULT'} ${name} ${manifest.kind} ${manifest.metadata.name}: ${status}`);
  if (isFine) return;
  console.log(`      ${[...warnings, ...(status < 300 ? [] : [message])].join('\n      ')}`);
  process.exitCode = 1;
}

/** @param {Manifest} manifest */
function pathOf({ apiVersion, kind, metadata }) {
  const api = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const plural = PLURALS[kind] ?? `${kind.toLowerCase()}s`;
  return kind === 'Namespace' ? `${api}/${plural}/${metadata.name}` : `${api}/namespaces/${NAMESPACE}/${plural}/${metadata.name}`;
}
