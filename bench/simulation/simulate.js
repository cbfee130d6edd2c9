import { percentile } from '../statistics.js';
import { SimulatedClock } from './clock.js';
import { Fleet } from './fleet.js';
import { LoadGenerator } from './load-generator.js';
import { popularKeys } from './traffic.js';

/** @typedef {import('./http-process.js').Request} Request */
/** @typedef {import('./http-process.js').Outcome} Outcome */

/**
 * @typedef {object} Scenario
 * @property {import('./fleet.js').Configuration} configuration
 * @property {Iterable<Request>} requests In the order of their times.
 * @property {number} fromMs The measured window begins; before it, queues fill.
 * @property {number} untilMs
 * @property {number} [killEveryMs] An inference process of the next HTTP process ends, again and again.
 * @property {import('./load-generator.js').LoadCosts} [load] The load generator runs on the first machine; undefined = on none.
 */

/**
 * @typedef {object} Result
 * @property {number} arrived Requests in the window.
 * @property {number} perSecond Requests that were answered in the window.
 * @property {{ p50: number, p95: number, p99: number }} latencyMs
 * @property {Readonly<Record<Outcome, number>>} outcomes
 * @property {number} computed Texts.
 * @property {number} computedAgain Texts that another HTTP process, or this one, had computed.
 * @property {number} kills Inference processes that were ended while they ran.
 * @property {number} runs Of inference, since the start.
 * @property {number} wideRuns Runs on all cores.
 * @property {number} late Calls to Redis that were over their time limit.
 * @property {Readonly<Record<string, number>>} busy The share of the window in which the busiest of each resource worked.
 */

class Simulation {
  /** @param {Scenario} scenario @param {import('./parts.js').Parts} parts */
  constructor(scenario, parts) {
    this.scenario = scenario;
    this.clock = new SimulatedClock();
    this.fleet = new Fleet(this.clock, scenario.configuration, parts);
    const { load } = scenario;
    const [machine] = this.fleet.machines;
    this.generator = load && machine && new LoadGenerator(machine, load);
    for (const key of popularKeys) this.fleet.remember(key);
    this.requests = scenario.requests[Symbol.iterator]();
    this.arrived = 0;
    /** @type {number[]} */
    this.latencies = [];
    /** @type {Record<Outcome, number>} */
    this.outcomes = { answered: 0, limited: 0, full: 0, failed: 0 };
  }

  /** @returns {Result} */
  run() {
    const { fromMs, untilMs, killEveryMs } = this.scenario;
    this.expectNext();
    if (killEveryMs !== undefined) this.killEvery(killEveryMs, 0);
    this.clock.runUntil(fromMs);
    const before = this.fleet.busy;
    this.clock.runUntil(untilMs);
    const after = this.fleet.busy;
    const windowMs = untilMs - fromMs;
    const busy = Object.entries(after).map(([name, value]) => [
      name,
      (value - before[/** @type {keyof typeof after} */ (name)]) / windowMs,
    ]);
    const computed = this.fleet.processes.flatMap((process) => process.computed);
    const [p50 = NaN, p95 = NaN, p99 = NaN] = [0.5, 0.95, 0.99].map((share) => percentile(this.latencies, share));
    return {
      arrived: this.arrived,
      perSecond: (this.latencies.length / windowMs) * 1000,
      latencyMs: { p50, p95, p99 },
      outcomes: this.outcomes,
      computed: computed.length,
      computedAgain: computed.length - new Set(computed).size,
      kills: this.fleet.processes.reduce((sum, { inference }) => sum + inference.kills, 0),
      runs: sumOf(this.fleet, ({ runs }) => runs),
      wideRuns: sumOf(this.fleet, ({ wideRuns }) => wideRuns),
      late: this.fleet.redis?.late ?? 0,
      busy: /** @type {Record<string, number>} */ (Object.fromEntries(busy)),
    };
  }

  expectNext() {
    const next = this.requests.next();
    if (next.done === true) return;
    const request = next.value;
    this.clock.at(request.at, () => {
      this.expectNext();
      this.arrive(request);
    });
  }

  /** @param {Request} request */
  arrive(request) {
    if (this.isMeasured) this.arrived++;
    const { generator } = this;
    if (generator === undefined) this.fleet.handle(request, (outcome) => this.answer(request.at, outcome));
    else {
      generator.exchange(
        (answered) => this.fleet.handle(request, answered),
        (sentAt, outcome) => this.answer(sentAt, outcome),
      );
    }
  }

  /** @param {number} sentAt @param {Outcome} outcome */
  answer(sentAt, outcome) {
    if (!this.isMeasured) return;
    this.outcomes[outcome]++;
    if (outcome === 'answered') this.latencies.push(this.clock.now - sentAt);
  }

  get isMeasured() {
    return this.clock.now >= this.scenario.fromMs;
  }

  /** @param {number} everyMs @param {number} next */
  killEvery(everyMs, next) {
    this.clock.after(everyMs, () => {
      this.fleet.processes[next % this.fleet.processes.length]?.inference.kill();
      this.killEvery(everyMs, next + 1);
    });
  }
}

/** @param {Fleet} fleet @param {(counts: { runs: number, wideRuns: number }) => number} count */
function sumOf({ processes }, count) {
  return processes.reduce((sum, { inference }) => sum + count(inference.counts), 0);
}

/** Runs the scenario on a simulated clock. The same scenario gives the same result. @param {Scenario} scenario @param {import('./parts.js').Parts} parts */
export function simulate(scenario, parts) {
  return new Simulation(scenario, parts).run();
}
