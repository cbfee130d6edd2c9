import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { startProgram } from '../../proofs/started.js';
import { freePort } from '../../test/support/free-port.js';
import { controlPlanePrograms } from './kubernetes.js';

const TOKEN = 'a-token-of-this-proof';

/** @typedef {{ status: number, warnings: readonly string[], message: string }} Answer */
/** @typedef {{ method: string, path: string, body?: string }} Call */

/**
 * Starts etcd and a real API server of Kubernetes on this machine, without nodes. They end with this process.
 *
 * @param {string} folder
 * @returns {Promise<{ ask: (call: Call) => Promise<Answer> }>}
 */
export async function startControlPlane(folder) {
  const programs = controlPlanePrograms();
  const etcd = await startEtcd(programs.etcd, folder);
  const port = await freePort();
  writeFileSync(join(folder, 'tokens.csv'), `${TOKEN},admin,admin,system:masters\n`);
  writeFileSync(join(folder, 'accounts.key'), privateKey());
  await startProgram([programs.apiServer, ...apiServerWords(etcd, port)], { cwd: folder, until: /Serving securely/ });
  const ca = readFileSync(join(folder, 'certificates/apiserver.crt'));
  const ask = async (/** @type {Call} */ call) => await send(port, ca, call);
  await untilReady(ask);
  return { ask };
}

/**
 * @param {string} program
 * @param {string} folder
 */
async function startEtcd(program, folder) {
  const [clients, peers] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  const listen = [`--listen-client-urls=${clients}`, `--advertise-client-urls=${clients}`, `--listen-peer-urls=${peers}`];
  const cluster = [`--initial-advertise-peer-urls=${peers}`, `--initial-cluster=default=${peers}`, '--data-dir=etcd', '--unsafe-no-fsync'];
  await startProgram([program, ...listen, ...cluster], { cwd: folder, until: /ready to serve client requests/ });
  return clients;
}

/**
 * @param {string} etcd
 * @param {number} port
 */
function apiServerWords(etcd, port) {
  return [
    `--etcd-servers=${etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--secure-port=${port}`,
    '--cert-dir=certificates',
    '--token-auth-file=tokens.csv',
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-account-key-file=accounts.key',
    '--service-account-signing-key-file=accounts.key',
    '--disable-admission-plugins=ServiceAccount', // no controller creates the default account
  ];
}

function privateKey() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' });
}

/** @param {(call: Call) => Promise<Answer>} ask */
async function untilReady(ask) {
  const until = performance.now() + 120_000;
  while ((await ask({ method: 'GET', path: '/readyz' })).status !== 200)
    if (performance.now() > until) throw new Error('the API server did not become ready');
}

/**
 * @param {number} port
 * @param {Buffer} ca
 * @param {Call} call
 * @returns {Promise<Answer>}
 */
async function send(port, ca, { method, path, body }) {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/apply-patch+yaml' };
  return await new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, ca }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => (text += chunk));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, warnings: warningsOf(response.headers['warning']), message: text }),
      );
    });
    sent.once('error', reject).end(body);
  });
}

/** @param {string | string[] | undefined} header */
function warningsOf(header) {
  return header === undefined ? [] : [header].flat();
}
