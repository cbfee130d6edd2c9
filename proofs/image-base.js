import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The certificates that this machine trusts: a registry behind a company's proxy is reached by them. */
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const ENSURE_NODE = fileURLToPath(new URL('../scripts/ensure-node24.js', import.meta.url));

/**
 * Makes an image that stands in for Node's official one where that cannot be pulled: Debian with Node 24 and npm, and the
 * user `node`.
 *
 * @param {{ buildah: (...words: string[]) => void, answer: (...words: string[]) => string, name: string, folder: string }} options
 */
export function makeStandInBase({ buildah, answer, name, folder }) {
  console.log(`${name} cannot be pulled; debootstrap makes a base that stands in for it`);
  run('debootstrap', '--variant=minbase', '--include=ca-certificates', 'bookworm', folder, 'http://deb.debian.org/debian');
  const node = execFileSync(process.execPath, [ENSURE_NODE], { encoding: 'utf8' }).trim();
  const local = join(folder, 'usr/local');
  mkdirSync(join(local, 'bin'), { recursive: true });
  cpSync(node, join(local, 'bin/node'), { dereference: true });
  run(
    'npm',
    'install',
    '--global',
    '--prefix',
    local,
    '--no-audit',
    '--no-fund',
    `npm@${execFileSync('npm', ['--version'], { encoding: 'utf8' }).trim()}`,
  );
  if (existsSync(CERTIFICATES)) cpSync(CERTIFICATES, join(folder, CERTIFICATES), { dereference: true });
  run('chroot', folder, 'useradd', '--uid', '1000', '--create-home', '--shell', '/bin/bash', 'node');
  const container = answer('from', 'scratch');
  buildah('copy', '--quiet', container, folder, '/');
  buildah(
    'config',
    '--env',
    `NODE_EXTRA_CA_CERTS=${CERTIFICATES}`,
    '--env',
    'PATH=/usr/local/bin:/usr/bin:/bin',
    '--cmd',
    'node',
    container,
  );
  buildah('commit', '--quiet', '--rm', container, name);
}

/** @param {string} program @param {string[]} words */
function run(program, ...words) {
  execFileSync(program, words, { stdio: ['ignore', 'ignore', 'inherit'] });
}
