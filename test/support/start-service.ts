import { fileURLToPath } from 'node:url';
import { plainEnvironment } from './plain-environment.js';
import { StartedProcess, type StartOptions } from './started-process.js';
import { temporaryFolder } from './temporary-folder.js';

export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const START_TIMEOUT_MS = 60_000;

export interface StartedService {
  /** Without a slash at its end. */
  readonly url: string;
  readonly pid: number;
  /** Settles when the process ends by whatever cause: its exit code, or 128 plus the signal's number. */
  readonly exitCode: Promise<number>;
  stdout(): string;
  stderr(): string;
  /** SIGTERM unless told otherwise. Resolves to the exit code; rejects if that takes more than a minute. */
  stop(signal?: NodeJS.Signals): Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

/** The built service in an empty folder with these settings and no others, on a free port unless API_PORT is given; E2E_NODE names another Node. */
export function spawnService(
  settings: Readonly<Record<string, string>> = {},
  options: Pick<StartOptions, 'detached'> = {},
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
