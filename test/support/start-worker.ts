import { fileURLToPath } from 'node:url';
import { plainEnvironment } from './plain-environment.js';
import { StartedProcess } from './started-process.js';
import { temporaryFolder } from './temporary-folder.js';

const WORKER = fileURLToPath(new URL('../../dist/worker.js', import.meta.url));
const START_TIMEOUT_MS = 60_000;

/** Starts the built worker in an empty folder, with only these settings. It may have exited already. */
export function spawnWorker(settings: Readonly<Record<string, string>> = {}): StartedProcess {
  const node = process.env['E2E_NODE'] ?? process.execPath;
  return new StartedProcess(node, [WORKER], { cwd: temporaryFolder(), env: plainEnvironment(settings) });
}

/** Starts a worker. Resolves when it works. */
export async function startWorker(settings: Readonly<Record<string, string>>): Promise<StartedProcess> {
  const worker = spawnWorker(settings);
  await worker.printed(/Working on jobs/, START_TIMEOUT_MS);
  return worker;
}
