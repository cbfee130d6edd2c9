import { request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';

/** @typedef {{ status: number, warnings: readonly string[], body: string }} Answer */
/** @typedef {{ apiVersion: string, kind: string, metadata: { name: string, namespace?: string, labels?: Record<string, string> }, [field: string]: unknown }} Resource */

/** @type {Record<string, string>} */
const PLURALS = { NetworkPolicy: 'networkpolicies', Ingress: 'ingresses' };
const WITHOUT_NAMESPACE = ['Namespace', 'Node', 'PersistentVolume'];
const START_TIMEOUT_MS = 120_000;

/** Calls the API server of a cluster, as an administrator. */
export class ApiServer {
  /** @param {{ port: number, token: string, certificate: Buffer }} options */
  constructor({ port, token, certificate }) {
    this.target = { host: '127.0.0.1', port, ca: certificate };
    this.authorization = `Bearer ${token}`;
  }

  async untilReady() {
    const until = performance.now() + START_TIMEOUT_MS;
    while ((await this.call('GET', '/readyz')).status !== 200) {
      if (performance.now() > until) throw new Error('the API server did not become ready');
      await delay(100);
    }
  }

  /**
   * Applies a resource as `kubectl apply --server-side --validate=strict` does.
   *
   * @param {Resource} resource
   * @param {'' | '/status'} [part]
   */
  async apply(resource, part = '') {
    const query = 'fieldManager=proof&fieldValidation=Strict&force=true';
    return await this.call('PATCH', `${pathOf(resource)}${part}?${query}`, resource);
  }

  /**
   * @template T
   * @param {string} path
   * @returns {Promise<T>}
   */
  async read(path) {
    const { status, body } = await this.call('GET', path);
    if (status !== 200) throw new Error(`${path}: ${status} ${body}`);
    return /** @type {T} */ (JSON.parse(body));
  }

  /**
   * @param {'GET' | 'PATCH' | 'POST' | 'DELETE'} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<Answer>}
   */
  async call(method, path, body) {
    const type = method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json';
    const sentBody = body === undefined ? '' : JSON.stringify(body);
    const headers = { authorization: this.authorization, 'content-type': type, 'content-length': Buffer.byteLength(sentBody) };
    return await new Promise((resolve, reject) => {
      const sent = request({ ...this.target, method, path, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => (text += chunk));
        const warnings = [response.headers['warning'] ?? []].flat();
        response.once('end', () => resolve({ status: response.statusCode ?? 0, warnings, body: text }));
      });
      sent.once('error', reject).end(sentBody);
    });
  }
}

/** @param {Resource} resource */
export function pathOf({ apiVersion, kind, metadata: { name, namespace = 'default' } }) {
  const api = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const plural = PLURALS[kind] ?? `${kind.toLowerCase()}s`;
  return WITHOUT_NAMESPACE.includes(kind) ? `${api}/${plural}/${name}` : `${api}/namespaces/${namespace}/${plural}/${name}`;
}
