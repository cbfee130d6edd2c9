import { setTimeout as delay } from 'node:timers/promises';

/** @typedef {import('./api-server.js').ApiServer} ApiServer */
/** @typedef {{ type: string, status: string }} Condition */
/** @typedef {{ name: string, deletionTimestamp?: string, labels: Record<string, string> }} PodMetadata */
/** @typedef {{ metadata: PodMetadata, spec: { nodeName?: string }, status: { phase: string, conditions?: Condition[] } }} Pod */

const CAPACITY = { cpu: '16', memory: '64Gi', pods: '110', 'ephemeral-storage': '100Gi' };
const LOOK_EVERY_MS = 200;

/**
 * Plays the kubelets of the nodes until the signal: each scheduled pod runs and is ready at once, and each deleted one is gone.
 * Nothing is executed.
 *
 * @param {ApiServer} server
 * @param {string} namespace
 * @param {AbortSignal} signal
 */
export async function playKubelets(server, namespace, signal) {
  let addresses = 0;
  while (!signal.aborted) {
    for (const pod of await podsOf(server, namespace)) {
      if (pod.metadata.deletionTimestamp !== undefined) await remove(server, namespace, pod);
      else if (pod.spec.nodeName !== undefined && pod.status.phase === 'Pending') await run(server, namespace, pod, ++addresses);
    }
    await delay(LOOK_EVERY_MS);
  }
}

/**
 * Adds a node that says it is ready. The controllers remove its taint soon.
 *
 * @param {ApiServer} server
 * @param {string} name
 */
export async function addNode(server, name) {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name } } };
  await server.apply(node);
  await server.apply({ ...node, status: { capacity: CAPACITY, allocatable: CAPACITY, conditions: [condition('Ready')] } }, '/status');
}

/**
 * @param {ApiServer} server
 * @param {string} namespace
 */
export async function podsOf(server, namespace) {
  /** @type {{ items: Pod[] }} */
  const { items } = await server.read(`/api/v1/namespaces/${namespace}/pods`);
  return items;
}

/**
 * @param {ApiServer} server
 * @param {string} namespace
 * @param {Pod} pod
 * @param {number} address
 */
async function run(server, namespace, { metadata: { name } }, address) {
  const podIP = `10.244.${Math.floor(address / 250)}.${(address % 250) + 1}`;
  const conditions = ['Initialized', 'ContainersReady', 'Ready'].map(condition);
  const status = { phase: 'Running', podIP, podIPs: [{ ip: podIP }], startTime: now(), conditions };
  await server.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, status }, '/status');
}

/**
 * @param {ApiServer} server
 * @param {string} namespace
 * @param {Pod} pod
 */
async function remove(server, namespace, { metadata: { name } }) {
  await server.call('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}`, { gracePeriodSeconds: 0 });
}

/** @param {string} type */
function condition(type) {
  return { type, status: 'True', reason: 'Proof', message: '', lastTransitionTime: now() };
}

function now() {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
