import { fileURLToPath } from 'node:url';
import { plainEnvironment } from './plain-environment.js';
import { StartedProcess, type StartOptions } from './started-process.js';
import { temporaryFolder } from './temporary-folder.js';

export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const START_TIMEOUT_MS = 60_000;

export interface StartedService {
  /** Ends without a slash. */
  readonly url: string;
  readonly pid: number;
  /** Resolves when the process ends, to its exit code, or to 128 plus the number of the signal. */
  readonly exitCode: Promise<number>;
  stdout(): string;
  stderr(): string;
  /** Sends SIGTERM, unless another signal is given. Resolves to the exit code; rejects if that takes more than a minute. */
  stop(signal?: NodeJS.Signals): Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the built service in an empty folder, with only these settings, on a free port unless API_PORT is given. E2E_NODE names another Node. */
export function spawnService(
  settings: Readonly<Record<string, string>> = {},
  options: Partial<Pick<StartOptions, 'cwd' | 'detached'>> = {},
): StartedProcess {
  const node = process.env['E2E_NODE'] ?? process.execPath;
  return new StartedProcess(node, [MAIN], { cwd: temporaryFolder(), env: plainEnvironment({ API_PORT: '0', ...settings }), ...options });
}

/** Resolves when the service listens; rejects with its output if it exits instead. */
export async function startService(
  settings: Readonly<Record<string, string>> = {},
  options: Pick<StartOptions, 'detached'> = {},
): Promise<StartedService> {
  const service = spawnService(settings, options);

  const [, url = ''] = await service.printed(/Listening on (http:\/\/[^\s"/]+)/, START_TIMEOUT_MS);
  return {
    url,
    pid: service.pid,
    exitCode: service.exitCode,
    stdout: () => service.stdout(),
    stderr: () => service.stderr(),
    stop: (signal) => service.stop(signal),
    kill: (signal) => service.kill(signal),
  };
}
