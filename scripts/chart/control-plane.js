import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProgram } from '../../proofs/started.js';
import { freePort } from '../../test/support/free-port.js';
import { ApiServer } from './api-server.js';
import { controlPlanePrograms } from './kubernetes.js';

const TOKEN = 'a-token-of-this-proof';
const CERTIFICATE = 'certificates/apiserver.crt';

/**
 * Starts a real control plane of Kubernetes on this machine: etcd, the API server, the controllers and the scheduler, without
 * nodes. All end with this process.
 *
 * @param {string} folder
 */
export async function startControlPlane(folder) {
  const programs = controlPlanePrograms();
  const etcd = await startEtcd(programs.etcd, folder);
  const port = await freePort();
  writeFileSync(join(folder, 'tokens.csv'), `${TOKEN},admin,admin,system:masters\n`);
  writeFileSync(join(folder, 'accounts.key'), privateKey());
  await startProgram([programs.apiServer, ...apiServerWords(etcd, port)], { cwd: folder, until: /Serving securely/ });
  const server = new ApiServer({ port, token: TOKEN, certificate: readFileSync(join(folder, CERTIFICATE)) });
  await server.untilReady();
  writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig(port))); // JSON is YAML
  const accounts = ['--service-account-private-key-file=accounts.key', `--root-ca-file=${CERTIFICATE}`, '--node-monitor-grace-period=1h'];
  await startClient([programs.controllers, ...accounts], folder);
  await startClient([programs.scheduler], folder);
  return server;
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
  ];
}

/**
 * Starts a program that works through the API server.
 *
 * @param {readonly string[]} command
 * @param {string} folder
 */
async function startClient(command, folder) {
  const access = ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map((name) => `--${name}=kubeconfig`);
  const own = ['--leader-elect=false', '--bind-address=127.0.0.1', `--secure-port=${await freePort()}`];
  await startProgram([...command, ...access, ...own], { cwd: folder, until: /Serving securely/ });
}

/** @param {number} port */
function kubeconfig(port) {
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority': CERTIFICATE };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'proof', cluster }],
    users: [{ name: 'admin', user: { token: TOKEN } }],
    contexts: [{ name: 'proof', context: { cluster: 'proof', user: 'admin' } }],
    'current-context': 'proof',
  };
}

function privateKey() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' });
}
