import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { childrenOf, stateOf } from './processes.js';
import { startProgram } from './started.js';

/** The first process of the container: it may see no other processes, and write only to /tmp. */
const START = `set -e
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount --bind /dev "$ROOT/dev"
mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"
mount -o remount,bind,ro "$ROOT"
exec chroot --userspec="$USER_OF_IMAGE" "$ROOT" env -i --chdir="$WORK_FOLDER" "$@"`;

/**
 * Runs the image's command as a container engine does: as its user, PID 1 of its own namespace, with a read-only root.
 *
 * @param {import('./image-builders.js').BuiltImage} image
 * @param {Record<string, string>} settings
 */
export async function startImage({ rootFolder, config }, settings) {
  const variables = [...config.Env, ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)];
  const command = ['unshare', '--pid', '--mount', '--fork', '--kill-child', 'sh', '-c', START, 'sh', ...variables, ...config.Cmd];
  const env = { ROOT: rootFolder, USER_OF_IMAGE: config.User, WORK_FOLDER: config.WorkingDir };
  const started = await startProgram(command, { cwd: '/', env, until: /Listening on (http:\/\/[^\s"/]+)/ });
  const [pid = 0] = childrenOf(started.pid);
  const enter = ['--target', `${pid}`, '--mount', '--pid', '--root', '--setuid', '1000', '--setgid', '1000'];
  return {
    url: (started.match[1] ?? '').replace('localhost', '127.0.0.1'),
    exited: started.exited,
    pidInside: Number(/^NSpid:.*\s(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
    userId: Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
    stop: () => process.kill(pid, 'SIGTERM'),
    inferenceProcesses: () => childrenOf(pid).filter((child) => !['Z', undefined].includes(stateOf(child))),
    zombies: () => childrenOf(pid).filter((child) => stateOf(child) === 'Z').length,
    /** Runs a command in the container. Resolves to its exit code. @param {string[]} words */
    exec: (...words) =>
      spawnSync('nsenter', [...enter, 'env', '-i', `--chdir=${config.WorkingDir}`, ...variables, ...words], { stdio: 'ignore' }).status,
  };
}
