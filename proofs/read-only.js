/**
 * `npm run proof:read-only`, as root on Linux: runs the service as a user without rights, with every file system read-only,
 * once with a DATA_DIR in memory and once without one. Both compute vectors. The first does a job, the second refuses it. On
 * SIGTERM both end with 0. Nothing changes outside the mount namespace of the service.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from './started.js';

const NOBODY = '65534';
/** File systems that the kernel provides, without a disk. */
const KERNELS_OWN = '^/(proc|sys|dev)(/|$)';
const START = `set -e
mount --make-rprivate /
awk '{ print $2 }' /proc/self/mounts | grep -vE '${KERNELS_OWN}' | sort -u | while read -r place; do mount -o remount,bind,ro "$place"; done
if touch "$FOLDER/written" 2>/dev/null; then echo "$FOLDER can be written" >&2; exit 1; fi
if [ -n "$DATA_DIR" ]; then mount -t tmpfs -o mode=1777 tmpfs "$DATA_DIR"; fi
exec setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups --no-new-privs "$NODE" dist/main.js`;

if (process.platform !== 'linux' || process.getuid?.() !== 0)
  throw new Error('npm run proof:read-only has to be run as root on Linux: only root may mount');

const folder = mkdtempSync(join(tmpdir(), 'embedding-read-only-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

await prove('a DATA_DIR in memory', { DATA_DIR: folder }, 202);
await prove('no DATA_DIR', {}, 507);

/** @param {string} what @param {Record<string, string>} settings @param {number} jobStatus */
async function prove(what, settings, jobStatus) {
  const env = { NODE: process.execPath, FOLDER: folder, API_PORT: '0', API_HOST: '127.0.0.1', ...settings };
  const until = /Listening on (http:\/\/[^\s"/]+)/;
  const service = await startProgram(['unshare', '--mount', 'sh', '-c', START], { cwd: process.cwd(), env, until });
  const url = service.match[1] ?? '';
  const embedded = await post(`${url}/embed`, { text: 'a text' });
  const job = await post(`${url}/jobs`, { texts: ['a text', 'another text'] });
  service.child.kill('SIGTERM');
  const code = await service.exited;
  const isRight = embedded === 200 && job === jobStatus && code === 0;
  console.log(`${what}: /embed ${embedded}, /jobs ${job}, exit code ${code}${isRight ? '' : `: not 200, ${jobStatus} and 0`}`);
  if (!isRight) process.exitCode = 1;
}

/** @param {string} url @param {object} body */
async function post(url, body) {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  await answer.arrayBuffer();
  return answer.status;
}
