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
  /** In a container: the Docker client's. */
  readonly pid: number;
  /** Resolves when it has ended; it may be called again. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash does. */
  crash(): Promise<void>;
  /** Lets it hang: connections stay open and nothing is answered. */
  pause(): void;
  resume(): void;
}

interface RedisOptions {
  readonly parameters?: readonly string[];
  /** What it prints when it has come as far as the test needs it. */
  readonly until?: RegExp;
  readonly cwd?: string;
}

/** An empty Redis of the test's own that keeps nothing on disk; on a free port unless it has to come back on the same one. */
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
