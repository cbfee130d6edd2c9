import { HttpProcess } from './http-process.js';
import { Machine } from './machine.js';
import { RedisServers } from './redis-servers.js';

/**
 * @typedef {object} Configuration
 * @property {number} instances
 * @property {number} cores Of each machine; each has one instance, and one inference process for each core.
 * @property {number} httpProcesses WEB_CONCURRENCY
 * @property {number} redisServers 0 = without a Redis; more than one = a cluster.
 * @property {number} limit RATE_LIMIT_REQUESTS; 0 = none.
 * @property {number} wideSpeedup How much faster all cores run a lone text than one.
 * @property {number} groupTokens Padded tokens of a run.
 * @property {number} msPerRun CPU of a run, besides that of its tokens.
 * @property {number} restartMs Until a lost inference process is replaced.
 */

/** All instances, and a balancer that gives each request to the next HTTP process. */
export class Fleet {
  /**
   * @param {import('./clock.js').SimulatedClock} clock
   * @param {Configuration} configuration
   * @param {import('./parts.js').Parts} parts
   */
  constructor(clock, configuration, parts) {
    const { instances, cores, redisServers } = configuration;
    const now = () => clock.now + 1;
    this.clock = clock;
    this.redis = redisServers === 0 ? undefined : new RedisServers(clock, redisServers);
    const stored = new parts.MemoryByteCache({ maxBytes: 1e9, ttlMs: 86_400_000, now });
    this.shared = this.redis && { redis: this.redis, stored };
    this.limiter = new parts.MemoryThrottlerStorage(now);
    this.machines = Array.from({ length: instances }, () => new Machine(clock, cores));
    this.processes = this.machines.flatMap((machine) => this.processesOf(machine, configuration, parts));
    this.next = 0;
  }

  /**
   * @param {Machine} machine
   * @param {Configuration} configuration
   * @param {import('./parts.js').Parts} parts
   */
  processesOf(machine, configuration, parts) {
    const { httpProcesses, cores } = configuration;
    const inferenceProcesses = Math.max(1, Math.floor(cores / httpProcesses));
    const environment = { parts, limiter: this.limiter, shared: this.shared, inferenceProcesses };
    return Array.from({ length: httpProcesses }, () => new HttpProcess(machine, configuration, environment));
  }

  /** @param {import('./http-process.js').Request} request @param {import('./http-process.js').Answer} answer */
  handle(request, answer) {
    this.processes[this.next++ % this.processes.length]?.handle(request, answer);
  }

  /** A vector that was computed long ago. @param {string} key */
  remember(key) {
    if (this.shared !== undefined) this.shared.stored.set(key, new Uint8Array(1));
    for (const { memory } of this.processes) memory.set(key, new Uint8Array(1));
  }

  /** Milliseconds that each resource worked: the busiest of its kind, and of how many cores. */
  get busy() {
    const most = (/** @type {readonly number[]} */ values) => values.reduce((highest, value) => Math.max(highest, value), 0);
    return {
      'HTTP process': most(this.processes.map(({ loop }) => loop.busyMs)),
      cores: most(this.machines.map(({ busyMs, cores }) => busyMs / cores.length)),
      Redis: most(this.redis?.servers.map(({ busyMs }) => busyMs) ?? []),
    };
  }
}
