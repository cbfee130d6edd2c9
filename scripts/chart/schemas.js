import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { installNode, installPython } from '../../test/clients/install-client.js';

/** @typedef {{ apiVersion: string, kind: string }} Resource */
/** @typedef {Record<string, new (data: object) => { validate(): void }>} Models The classes of an API, by kind. */

export const KUBERNETES_VERSIONS = ['1.30', '1.34', '1.37'];
const VALIDATOR = 'kubernetes-validate==1.37.0';
/** The packages with the schemas of resources that Kubernetes does not know itself. */
const CUSTOM = {
  'monitoring.coreos.com/v1': { name: '@kubernetes-models/prometheus-operator', version: '6.0.0' },
  'keda.sh/v1alpha1': { name: '@kubernetes-models/keda', version: '2.0.0' },
};

/**
 * The faults of a file of manifests by the strict schemas of a Kubernetes version, which refuse unknown fields.
 *
 * @param {string} file
 * @param {string} version
 * @returns {readonly string[]}
 */
export function faultsByKubernetes(file, version) {
  const command = join(installPython([VALIDATOR]), 'venv/bin/kubernetes-validate');
  const { status, stdout, stderr } = spawnSync(command, ['--kubernetes-version', version, '--strict', file], { encoding: 'utf8' });
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => line !== '' && !line.startsWith('INFO'));
  const faults = lines.filter((line) => !isAboutCustomKind(line));
  return status === 0 || faults.length > 0 ? faults : [`${command} ended with ${status}`];
}

/** @param {string} line */
function isAboutCustomKind(line) {
  return Object.keys(CUSTOM).some((api) => line.includes(`with api version ${api} `));
}

/**
 * The faults of the resources of other projects (monitors, rules, scaled objects) by their schemas, which ignore unknown fields.
 *
 * @param {string} manifests
 * @returns {Promise<readonly string[]>}
 */
export async function faultsOfCustomKinds(manifests) {
  const resources = parseAllDocuments(manifests).flatMap((document) => /** @type {Resource | null} */ (document.toJS()) ?? []);
  return (await Promise.all(resources.map(async (resource) => await faultsOf(resource)))).flat();
}

/**
 * @param {Resource} resource
 * @returns {Promise<readonly string[]>}
 */
async function faultsOf(resource) {
  const found = Object.entries(CUSTOM).find(([api]) => api === resource.apiVersion);
  if (found === undefined) return [];
  const [api, { name }] = found;
  const packages = Object.values(CUSTOM).map((custom) => `${custom.name}@${custom.version}`);
  const file = join(installNode(packages), 'node_modules', name, api, 'index.js');
  const models = /** @type {Models} */ (await import(pathToFileURL(file).href));
  const Model = models[resource.kind];
  return Model === undefined ? [`no schema of ${api} ${resource.kind}`] : messageOf(() => new Model(resource).validate());
}

/**
 * @param {() => void} validate
 * @returns {readonly string[]}
 */
function messageOf(validate) {
  try {
    validate();
    return [];
  } catch (error) {
    return [String(error)];
  }
}
