import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf } from './processes.js';
import { startService } from './started.js';

const spareDescriptors = 30;
const connections = 60;

/**
 * Kills an inference process when no descriptor is left to start another, and checks that the service lives, logs it,
 * and replaces the process when descriptors are free again. The service leads a process group of its own, so that a
 * signal to the whole group would not reach this program.
 *
 * @param {string} cwd
 */
export async function loseDescriptors(cwd) {
  const service = await startService(cwd, { EMBEDDING_WORKERS: '2', RATE_LIMIT_REQUESTS: '0', LOG_REQUESTS: 'false' }, [
    'setsid',
    '--wait',
  ]);
  const { pid } = service;
  const used = readdirSync(`/proc/${pid}/fd`).length;
  execFileSync('prlimit', [`--pid=${pid}`, `--nofile=${used + spareDescriptors}:${used + spareDescriptors}`]);
  const url = new URL(service.url);
  const sockets = Array.from({ length: connections }, () => connect(Number(url.port), url.hostname).on('error', () => undefined));
  await delay(1_000);
  const [child] = childrenOf(pid);
  if (child === undefined) throw new Error('there is no inference process');
  process.kill(child, 'SIGKILL');
  await delay(5_000);
  const isAlive = childrenOf(pid).length > 0;
  for (const socket of sockets) socket.destroy();
  const isWhole = await within(30_000, () => childrenOf(pid).length === 2);
  const isLogged = /cannot be started|EMFILE|EAGAIN|trying again/i.test(service.output());
  process.kill(pid, 'SIGTERM');
  const exitCode = await service.exited;
  const problems = [
    ...(isAlive ? [] : ['the service ended with its own process group']),
    ...(isWhole ? [] : ['the lost process was not replaced']),
    ...(isLogged ? [] : ['nothing was logged']),
    ...(exitCode === 0 ? [] : [`the service ended with ${exitCode}`]),
  ];
  return { problems, seen: `replaced once there were descriptors again, exit code ${exitCode}` };
}

/** @param {number} milliseconds @param {() => boolean} holds */
async function within(milliseconds, holds) {
  const deadline = performance.now() + milliseconds;
  while (!holds() && performance.now() < deadline) await delay(200);
  return holds();
}
