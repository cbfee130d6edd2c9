import { fileURLToPath } from 'node:url';
import { plainEnvironment } from './plain-environment.js';
import { StartedProcess } from './started-process.js';
import { temporaryFolder } from './temporary-folder.js';

const WORKER = fileURLToPath(new URL('../../dist/worker.js', import.meta.url));
const START_TIMEOUT_MS = 60_000;

/** The built worker in an empty folder with these settings and no others; may have exited already. */
export function spawnWorker(settings: Readonly<Record<string, string>> = {}): StartedProcess {
  const node = process.env['E2E_NODE'] ?? process.execPath;
  return new StartedProcess(node, [WORKER], { cwd: temporaryFolder(), env: plainEnvironment(settings) });
}

/** Resolves when the worker works. */
export async function startWorker(settings: Readonly<Record<string, string>>): Promise<StartedProcess> {
  const worker = spawnWorker(settings);
  await worker.printed(/Working on jobs/, START_TIMEOUT_MS);
  return worker;
}
