import { isOnPath } from '../../scripts/is-on-path.js';
import { redisImage } from '../../scripts/redis-image.js';
import { freePort } from './free-port.js';
import { plainEnvironment } from './plain-environment.js';
import { StartedContainer } from './started-container.js';
import { StartedProcess } from './started-process.js';
import { temporaryFolder } from './temporary-folder.js';

const START_TIMEOUT_MS = 60_000;

export interface StartedRedis {
  readonly url: string;
  readonly port: number;
  /** For a container, the pid of the Docker client. */
  readonly pid: number;
  /** Resolves when Redis has ended. May be called again. */
  stop(): Promise<void>;
  /** Ends Redis at once, as a crash does. */
  crash(): Promise<void>;
  /** Makes Redis hang: connections stay open and get no answer. */
  pause(): void;
  resume(): void;
}

interface RedisOptions {
  readonly parameters?: readonly string[];
  /** The output to wait for. */
  readonly until?: RegExp;
  readonly cwd?: string;
}

/** Starts an empty Redis that keeps nothing on the disk. It gets a free port, unless it must come back on the same one. */
export async function startRedis(port?: number, options: RedisOptions = {}): Promise<StartedRedis> {
  const chosen = port ?? (await freePort());
  const { parameters = [], until = /Ready to accept connections/, cwd = temporaryFolder() } = options;
  const redis = start(chosen, cwd, parameters);

  await redis.printed(until, START_TIMEOUT_MS);
  return {
    url: `redis://127.0.0.1:${chosen}`,
    port: chosen,
    pid: redis.pid,
    stop: async () => void (await redis.stop()),
    crash: async () => void (await redis.stop('SIGKILL')),
    pause: () => redis.kill('SIGSTOP'),
    resume: () => redis.kill('SIGCONT'),
  };
}

function start(port: number, cwd: string, more: readonly string[]): StartedProcess {
  const own = ['--save', '', '--appendonly', 'no', ...more];
  const options = { cwd, env: plainEnvironment() };
  if (isOnPath('redis-server')) return new StartedProcess('redis-server', ['--bind', '127.0.0.1', '--port', `${port}`, ...own], options);
  const parameters = ['--publish', `127.0.0.1:${port}:6379`, redisImage, 'redis-server', ...own];
  return new StartedContainer(`embedding-test-redis-${port}`, parameters, options);
}
