import { EventLoop } from './event-loop.js';
import { Inference } from './inference.js';

/** CACHE_MEMORY_MB without the share for JSON, in vectors of 384 numbers with their overhead of 320 bytes. */
const memoryEntries = (256 * 1024 ** 2 * 0.75) / (1548 + 320);
/** What MemoryByteCache counts for an entry whose value is one byte. */
const entryBytes = 321;
const value = new Uint8Array(1);
const ttlMs = 86_400_000;
const ttlBeforeRedisMs = 60_000;
/** CACHE_TIMEOUT_MS, and the time limit of one call of the rate limit. */
const readTimeoutMs = 50;
const limiterTimeoutMs = 100;
const windowMs = 60_000;
/** MAX_QUEUED_TEXTS */
const mostWaiting = 4096;
/**
 * The parts of a miss's HTTP work, seen with `perf sched`: before the message to the inference process; from its answer until the
 * next group is sent; until the client has the answer; after that (log, writing to the cache).
 */
const shares = { before: 0.56, message: 0.17, answer: 0.16, after: 0.11 };
/** V8's workers, and the thread that writes to the disk. */
const otherThreads = 5;

/** @typedef {{ at: number, key: string, caller: string, tokens: readonly number[] }} Request The texts of a request share a key. */
/** @typedef {'answered' | 'limited' | 'full' | 'failed'} Outcome */
/** @typedef {(outcome: Outcome) => void} Answer */

/** What HTTP processes share through Redis; undefined = there is none. */
/** @typedef {{ redis: import('./redis-servers.js').RedisServers, stored: import('../../src/cache/memory-byte-cache.js').MemoryByteCache }} Shared */

/** One HTTP process with its memory and its inference processes: the path of a request through the service, in simulated time. */
export class HttpProcess {
  /**
   * @param {import('./machine.js').Machine} machine
   * @param {import('./fleet.js').Configuration} configuration
   * @param {{ parts: import('./parts.js').Parts, limiter: import('../../src/throttler/memory-throttler-storage.js').MemoryThrottlerStorage, shared: Shared | undefined, inferenceProcesses: number }} environment
   */
  constructor(machine, configuration, { parts, limiter, shared, inferenceProcesses }) {
    const { costs, MemoryByteCache } = parts;
    const { clock } = machine;
    this.machine = machine;
    this.configuration = configuration;
    this.costs = costs;
    this.limiter = limiter;
    this.shared = shared;
    this.loop = new EventLoop(machine);
    const maxBytes = Math.floor((memoryEntries / configuration.httpProcesses) * entryBytes);
    this.memory = new MemoryByteCache({ maxBytes, ttlMs: shared === undefined ? ttlMs : ttlBeforeRedisMs, now: () => clock.now + 1 });
    const answer = (/** @type {number} */ texts, /** @type {() => void} */ done) =>
      this.loop.work(this.missMs(texts) * shares.message, done);
    const options = { ...configuration, processes: inferenceProcesses, msPerToken: costs.inferenceMsPerToken, answer };
    this.inference = new Inference(machine, options, parts);
    this.others = Array.from({ length: otherThreads }, () => new EventLoop(machine));
    this.nextOther = 0;
    /** @type {Map<string, Answer[]>} */
    this.inFlight = new Map();
    /** @type {string[]} The key of each text that was computed. */
    this.computed = [];
  }

  /** @param {Request} request @param {Answer} answer */
  handle(request, answer) {
    this.admit(request, (isAdmitted) => (isAdmitted ? this.lookUp(request, answer) : answer('limited')));
  }

  /** @param {Request} request @param {(isAdmitted: boolean) => void} judged */
  admit({ caller }, judged) {
    const { limit } = this.configuration;
    const decide = () => judged(limit === 0 || !this.limiter.incrementNow(caller, windowMs, limit).isBlocked);
    const call = { key: `limit:${caller}`, cpuMs: this.costs.limiterRedisMicroseconds / 1000, timeoutMs: limiterTimeoutMs };
    if (this.shared === undefined || limit === 0) decide();
    else this.askRedis(call, decide);
  }

  /** @param {Request} request @param {Answer} answer */
  lookUp(request, answer) {
    const { key } = request;
    const joined = this.inFlight.get(key);
    if (this.memory.getFromMemory(key) !== undefined) this.answerHit(request, answer);
    else if (joined !== undefined) joined.push((outcome) => this.answerHit(request, () => answer(outcome)));
    else {
      this.inFlight.set(key, [answer]);
      this.lookInRedis(request, (outcome) => this.settle(key, outcome));
    }
  }

  /** @param {Request} request @param {Answer} settle */
  lookInRedis(request, settle) {
    const { shared } = this;
    if (shared === undefined) {
      this.compute(request, settle);
      return;
    }
    this.askRedis(this.cacheCall(request, this.costs.readRedisMicroseconds), (inTime) => {
      const isHit = inTime && shared.stored.getFromMemory(request.key) !== undefined;
      if (isHit) this.memory.set(request.key, value);
      if (isHit) this.answerHit(request, settle);
      else this.compute(request, settle);
    });
  }

  /** @param {Request} request @param {Answer} answer */
  answerHit({ tokens }, answer) {
    this.loop.work((this.costs.hitMicroseconds * tokens.length) / 1000, () => answer('answered'));
  }

  /** @param {string} key @param {Outcome} outcome */
  settle(key, outcome) {
    const answers = this.inFlight.get(key) ?? [];
    this.inFlight.delete(key);
    for (const answer of answers) answer(outcome);
  }

  /** @param {Request} request @param {Answer} settle */
  compute(request, settle) {
    if (this.inference.scheduler.waitingTexts + request.tokens.length > mostWaiting) {
      settle('full');
      return;
    }
    const httpMs = this.missMs(request.tokens.length);
    let waiting = request.tokens.length;
    let isFailed = false;
    const done = (/** @type {boolean} */ failed) => {
      isFailed ||= failed;
      if (!failed) this.computed.push(request.key);
      if (--waiting > 0) return;
      this.workBeside(request);
      this.loop.work(httpMs * shares.answer, () => this.store(request, () => settle(isFailed ? 'failed' : 'answered')));
      this.loop.work(httpMs * shares.after, () => undefined);
    };
    const texts = request.tokens.map((tokens) => ({ tokens, alone: false, done }));
    this.loop.work(httpMs * shares.before, () => this.inference.submit(texts));
  }

  /** Garbage collection and the writer of the disk have threads of their own. @param {Request} request */
  workBeside({ tokens }) {
    const cpuMs = (this.costs.missThreadsMicroseconds * tokens.length) / 1000;
    if (cpuMs > 0) this.others[this.nextOther++ % otherThreads]?.work(cpuMs, () => undefined);
  }

  /** @param {number} texts */
  missMs(texts) {
    return (this.costs.missMicroseconds * texts) / 1000;
  }

  /** @param {Request} request @param {() => void} done */
  store(request, done) {
    this.memory.set(request.key, value);
    this.shared?.stored.set(request.key, value);
    if (this.shared === undefined) done();
    else this.askRedis(this.cacheCall(request, this.costs.writeRedisMicroseconds), done);
  }

  /** @param {Request} request @param {number} microseconds */
  cacheCall({ key, tokens }, microseconds) {
    return { key, cpuMs: (microseconds * tokens.length) / 1000, timeoutMs: readTimeoutMs };
  }

  /** @param {Parameters<import('./redis-servers.js').RedisServers['call']>[0]} call @param {(inTime: boolean) => void} answered */
  askRedis(call, answered) {
    this.loop.work(this.costs.redisCallMicroseconds / 1000, () => this.shared?.redis.call(call, answered));
  }
}
