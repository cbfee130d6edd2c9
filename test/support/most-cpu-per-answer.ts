import { readFileSync } from 'node:fs';
import type { StartedService } from './start-service.js';

const MS_PER_TICK = 10;

/**
 * Asks /health/live repeatedly during the work. Returns the most CPU time in ms that the main thread of the service used
 * between a question and its answer: how long the event loop was held, however busy the machine is.
 */
export async function mostCpuPerAnswerMs(service: StartedService, work: Promise<unknown>): Promise<number> {
  let most = 0;
  const done = work.then(() => 'done');
  do {
    const before = mainThreadCpuMs(service.pid);
    await (await fetch(`${service.url}/health/live`)).text();
    most = Math.max(most, mainThreadCpuMs(service.pid) - before);
  } while ((await Promise.race([done, Promise.resolve('pending')])) === 'pending');
  return most;
}

function mainThreadCpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}
