import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOnPath } from '../is-on-path.js';
import { ROOT } from './paths.js';

const KUBERNETES = '1.37.2';
const FOLDER = join(ROOT, '.cache', `kubernetes-${KUBERNETES}`);

/** The programs of a control plane, built with Go into .cache/ once; on two busy cores that took an hour. */
export function controlPlanePrograms() {
  return {
    etcd: built('etcd', 'go.etcd.io/etcd/server/v3'),
    apiServer: built('kube-apiserver', 'k8s.io/kubernetes/cmd/kube-apiserver'),
    controllers: built('kube-controller-manager', 'k8s.io/kubernetes/cmd/kube-controller-manager'),
    scheduler: built('kube-scheduler', 'k8s.io/kubernetes/cmd/kube-scheduler'),
  };
}

/**
 * @param {string} name
 * @param {string} path The path of its package, in Kubernetes or a module that it requires.
 */
function built(name, path) {
  const program = join(FOLDER, name);
  if (existsSync(program)) return program;
  console.log(`Building ${name} of Kubernetes ${KUBERNETES}; this takes a while, once`);
  mkdirSync(FOLDER, { recursive: true });
  if (!existsSync(join(FOLDER, 'go.mod'))) writeFileSync(join(FOLDER, 'go.mod'), moduleFile());
  go(['build', '-mod=mod', '-trimpath', '-ldflags=-s -w', '-o', program, path]);
  return program;
}

/** Kubernetes names its own modules by folders, which only its repository has, so each is named by its version here. */
function moduleFile() {
  const download = go(['mod', 'download', '-json', `k8s.io/kubernetes@v${KUBERNETES}`]);
  const { GoMod } = /** @type {{ GoMod: string }} */ (JSON.parse(download));
  const modules = [...readFileSync(GoMod, 'utf8').matchAll(/^\s+(k8s\.io\/\S+) => \.\/staging/gm)].map(([, name]) => name);
  const version = `v${KUBERNETES.replace(/^1/, '0')}`;
  const replaced = modules.map((name) => `replace ${name} => ${name} ${version}\n`);
  return `module example.invalid/kubernetes\n\ngo 1.26.0\n\nrequire k8s.io/kubernetes v${KUBERNETES}\n\n${replaced.join('')}`;
}

/** @param {readonly string[]} words */
function go(words) {
  if (!isOnPath('go')) throw new Error('Kubernetes is built here with Go: install Go 1.26 or newer');
  return execFileSync('go', words, { cwd: FOLDER, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
