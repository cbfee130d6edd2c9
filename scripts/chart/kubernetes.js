import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOnPath } from '../is-on-path.js';
import { ROOT } from './paths.js';

const KUBERNETES = '1.37.2';
const ETCD = 'v3.6.16';
const FOLDER = join(ROOT, '.cache', `kubernetes-${KUBERNETES}`);

/** The programs of a control plane, built with Go into .cache/ once; on two cores that takes half an hour. */
export function ensureKubernetes() {
  const programs = { apiServer: join(FOLDER, 'kube-apiserver'), etcd: join(FOLDER, 'server') };
  if (Object.values(programs).every(existsSync)) return programs;
  if (!isOnPath('go')) throw new Error('Kubernetes is built here with Go: install Go 1.26 or newer');
  console.log(`Building kube-apiserver ${KUBERNETES} and etcd ${ETCD}; this takes a while, once`);
  mkdirSync(FOLDER, { recursive: true });
  go(['install', `go.etcd.io/etcd/server/v3@${ETCD}`]);
  writeFileSync(join(FOLDER, 'go.mod'), moduleFile());
  go(['build', '-mod=mod', '-trimpath', '-ldflags=-s -w', '-o', programs.apiServer, 'k8s.io/kubernetes/cmd/kube-apiserver']);
  return programs;
}

/** Kubernetes names its own modules by folders, which only its repository has, so each is named by its version here. */
function moduleFile() {
  /** @type {{ GoMod: string }} */
  const { GoMod } = JSON.parse(go(['mod', 'download', '-json', `k8s.io/kubernetes@v${KUBERNETES}`]));
  const modules = [...readFileSync(GoMod, 'utf8').matchAll(/^\s+(k8s\.io\/\S+) => \.\/staging/gm)].map(([, name]) => name);
  const version = `v${KUBERNETES.replace(/^1/, '0')}`;
  const replaced = modules.map((name) => `replace ${name} => ${name} ${version}\n`);
  return `module example.invalid/kubernetes\n\ngo 1.26.0\n\nrequire k8s.io/kubernetes v${KUBERNETES}\n\n${replaced.join('')}`;
}

/** @param {readonly string[]} words */
function go(words) {
  return execFileSync('go', words, { cwd: FOLDER, env: { ...process.env, GOBIN: FOLDER }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
