/**
 * `npm run proof:cluster`: installs config/kubernetes/trial.yaml in a real control plane of Kubernetes, in a namespace that
 * enforces the strictest security of pods, and sees it rolled out, updated and evicted. The nodes are played: no pod executes
 * anything. Ends with 1 if something is refused, warned of or missing. It needs Go, and an hour the first time.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { pathOf } from '../scripts/chart/api-server.js';
import { startControlPlane } from '../scripts/chart/control-plane.js';
import { addNode, playKubelets, podsOf } from '../scripts/chart/fake-nodes.js';
import { renderedFile } from '../scripts/chart/rendered.js';

/** @typedef {import('../scripts/chart/api-server.js').Resource} Resource */
/** @typedef {{ spec: { replicas: number }, status: { availableReplicas?: number, updatedReplicas?: number, replicas?: number } }} Workload */
/** @typedef {{ items: { spec: { taints?: object[] } }[] }} Nodes */
/** @typedef {{ items: { metadata: { labels: Record<string, string> }, endpoints: { conditions: { ready: boolean } }[] | null }[] }} Slices */

const NAMESPACE = 'embedding-pipeline';
const NODES = ['node-a', 'node-b', 'node-c'];
const LONGEST_WAIT_MS = 90_000;

const folder = mkdtempSync(join(tmpdir(), 'embedding-cluster-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const server = await startControlPlane(folder);
const done = new AbortController();
await addNodes();
await applyAll();
const kubelets = playKubelets(server, NAMESPACE, done.signal);
await seeRollout();
await seeServices();
await seeSpread();
await seeEvictions();
await seeUpdate();
done.abort();
await kubelets;
process.exit();

async function addNodes() {
  for (const name of NODES) await addNode(server, name);
  const areUsable = async () => {
    const { items } = /** @type {Nodes} */ (await server.read('/api/v1/nodes'));
    return items.every(({ spec }) => spec.taints === undefined);
  };
  judge(await becomes(areUsable), `${NODES.length} nodes are ready`);
}

async function applyAll() {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' };
  const spec = { capacity: { storage: '4Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/redis' } };
  await apply('the namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } });
  const volume = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'redis' }, spec };
  await apply('a volume', volume);
  for (const manifest of manifestsOf('everything')) await dryRun(manifest);
  for (const manifest of manifestsOf('trial')) await apply('trial', manifest);
}

/**
 * The manifests of a file, without the resources of other projects, which this API server does not know.
 *
 * @param {string} name
 */
function manifestsOf(name) {
  const documents = parseAllDocuments(readFileSync(renderedFile(name), 'utf8'));
  const manifests = documents.map((document) => /** @type {Resource} */ (document.toJS()));
  const known = manifests.filter(({ apiVersion }) => !/monitoring\.coreos\.com|keda\.sh/.test(apiVersion));
  return known.map((manifest) => ({ ...manifest, metadata: { ...manifest.metadata, namespace: NAMESPACE } }));
}

/** @param {Resource} manifest */
async function dryRun(manifest) {
  const query = 'fieldManager=proof&fieldValidation=Strict&force=true&dryRun=All';
  judgeAnswer('everything', manifest, await server.call('PATCH', `${pathOf(manifest)}?${query}`, manifest));
}

/**
 * @param {string} what
 * @param {Resource} resource
 */
async function apply(what, resource) {
  judgeAnswer(what, resource, await server.apply(resource));
}

/**
 * @param {string} what
 * @param {Resource} manifest
 * @param {import('../scripts/chart/api-server.js').Answer} answer
 */
function judgeAnswer(what, { kind, metadata }, { status, warnings, body }) {
  judge(status < 300 && warnings.length === 0, `${what}: ${kind} ${metadata.name}: ${status}`);
  if (status >= 300 || warnings.length > 0) console.log(`      ${[...warnings, body].join('\n      ')}`);
}

async function seeRollout() {
  for (const [kind, name] of workloads())
    judge(await becomes(async () => isComplete(await workload(kind, name))), `${kind} ${name} is rolled out`);
}

/** @returns {readonly (readonly [kind: string, name: string])[]} */
function workloads() {
  return [
    ['deployments', `${NAMESPACE}-api`],
    ['deployments', `${NAMESPACE}-worker`],
    ['statefulsets', `${NAMESPACE}-redis`],
  ];
}

/**
 * @param {string} kind
 * @param {string} name
 * @returns {Promise<Workload>}
 */
async function workload(kind, name) {
  return await server.read(`/apis/apps/v1/namespaces/${NAMESPACE}/${kind}/${name}`);
}

/** @param {Workload} workload */
function isComplete({ spec: { replicas: wanted }, status: { availableReplicas, updatedReplicas, replicas } }) {
  return [availableReplicas, updatedReplicas, replicas].every((count) => count === wanted);
}

async function seeServices() {
  const pods = { [NAMESPACE]: 2, [`${NAMESPACE}-api-metrics`]: 2, [`${NAMESPACE}-worker-metrics`]: 1, [`${NAMESPACE}-redis`]: 1 };
  for (const [name, count] of Object.entries(pods))
    judge(await becomes(async () => (await readyEndpoints(name)) === count), `Service ${name} leads to ${count} ready pods`);
}

/** @param {string} service */
async function readyEndpoints(service) {
  /** @type {Slices} */
  const { items } = await server.read(`/apis/discovery.k8s.io/v1/namespaces/${NAMESPACE}/endpointslices`);
  const own = items.filter(({ metadata }) => metadata.labels['kubernetes.io/service-name'] === service);
  return own.flatMap(({ endpoints }) => endpoints ?? []).filter(({ conditions }) => conditions.ready).length;
}

/** The pods of the api that run and are not being deleted. */
async function apiPods() {
  const pods = await podsOf(server, NAMESPACE);
  const running = pods.filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status.phase === 'Running');
  return running.filter(({ metadata }) => metadata.labels['app.kubernetes.io/component'] === 'api');
}

async function seeSpread() {
  const nodes = new Set((await apiPods()).map(({ spec }) => spec.nodeName));
  judge(nodes.size === 2, 'the two pods of the api are on two nodes');
}

async function seeEvictions() {
  const [first = '', second = ''] = (await apiPods()).map(({ metadata }) => metadata.name);
  const answers = [await evict(first), await evict(second)];
  judge(answers.join() === '201,429', `of two evictions of api pods the second has to wait: ${answers.join(', ')}`);
  judge(await becomes(async () => (await apiPods()).length === 2), 'the evicted pod is replaced');
}

/** @param {string} name */
async function evict(name) {
  const path = `/api/v1/namespaces/${NAMESPACE}/pods/${name}/eviction`;
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: NAMESPACE } };
  return (await server.call('POST', path, eviction)).status;
}

/** Changes the image as an upgrade does, and counts the replicas meanwhile. */
async function seeUpdate() {
  const name = `${NAMESPACE}-api`;
  const manifest = manifestsOf('trial').find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name);
  const updated = JSON.stringify(manifest).replaceAll('"embedding-pipeline:', '"embedding-pipeline:next-');
  await server.apply(/** @type {Resource} */ (JSON.parse(updated)));
  let least = Infinity;
  const isDone = await becomes(async () => {
    const pods = await apiPods();
    least = Math.min(least, pods.length);
    return pods.every(({ spec }) => JSON.stringify(spec).includes(':next-')) && isComplete(await workload('deployments', name));
  });
  judge(isDone && least === 2, `an update replaces both pods and never has fewer than two: ${least}`);
}

/** @param {() => Promise<boolean>} isSo */
async function becomes(isSo) {
  const until = performance.now() + LONGEST_WAIT_MS;
  while (!(await isSo())) {
    if (performance.now() > until) return false;
    await delay(50);
  }
  return true;
}

/**
 * @param {boolean} isFine
 * @param {string} what
 */
function judge(isFine, what) {
  console.log(`${isFine ? 'ok   ' : 'FAULT'} ${what}`);
  if (!isFine) process.exitCode = 1;
}
