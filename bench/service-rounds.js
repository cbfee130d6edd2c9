import { hits, loneMisses, misses, pacedHits, saturations } from './workloads.js';
import { longTexts, shortTexts } from './text-source.js';

/** @typedef {import('./http-bench.js').HttpBench} HttpBench */
/** @typedef {import('./results.js').Results} Results */
/** @typedef {import('./text-source.js').TokenRange} TokenRange */

/**
 * @typedef {object} Benches
 * @property {import('./bare-inference.js').BareInference} inference
 * @property {HttpBench} openAi The same service, with OpenAI's API and base64.
 * @property {HttpBench} bareHttp
 * @property {HttpBench} bareOpenAi
 * @property {HttpBench} service
 * @property {HttpBench} background The same service, for a second load at the same time.
 */

/** Measures the service and its ceilings in turns, so that other load of the machine affects both. */
export class ServiceRounds {
  /**
   * @param {Benches} benches
   * @param {import('./timing.js').Timing} timing
   * @param {Results} results
   */
  constructor(benches, timing, results) {
    this.benches = benches;
    this.timing = timing;
    this.results = results;
    /** @type {Map<TokenRange, number>} */
    this.groupSizes = new Map();
  }

  /** Warms up: compiles, fills caches and memory, and finds the group sizes. It measures nothing that counts. */
  async warmUp() {
    const { inference, service, openAi, bareHttp, bareOpenAi } = this.benches;
    for (const range of [shortTexts, longTexts]) this.groupSizes.set(range, await inference.bestGroupSize(range, this.timing.groupSizeMs));
    for (const workload of [...misses, ...loneMisses.slice(0, 1), hits]) await service.measure(workload, this.timing.warmUp);
    for (const bench of [openAi, bareHttp, bareOpenAi]) await bench.measure(hits, this.timing.warmUp);
  }

  async round() {
    await this.measureMisses();
    await this.measureHits();
    await this.measureLoneMisses();
    await this.measurePacedHits();
  }

  async measureMisses() {
    const { inference, service } = this.benches;
    for (const workload of misses) {
      const ceiling = await inference.throughput(workload.range, this.groupSizes.get(workload.range) ?? 1, this.timing.ceilingMs);
      const { textsPerSecond, latencyMs } = await service.measure(workload, this.timing.rate);
      this.results.add({ name: this.ceilingName(workload.range), unit: 'texts' }, { rate: ceiling });
      const { name, target } = workload;
      this.results.add({ name, unit: 'texts', target }, { rate: textsPerSecond, ratio: textsPerSecond / ceiling, ...latencyMs });
    }
  }

  /** @param {TokenRange} range */
  ceilingName(range) {
    const tokens = range === shortTexts ? '~32' : '~131';
    const { length } = this.benches.inference.children;
    return `**onnxruntime-node alone**, ${tokens} tokens: ${length} processes x 1 thread, groups of ${this.groupSizes.get(range)}`;
  }

  async measureHits() {
    const { bareHttp, service, bareOpenAi, openAi } = this.benches;
    await this.compareHits('POST /embed', bareHttp, service);
    await this.compareHits('POST /v1/embeddings, base64', bareOpenAi, openAi);
  }

  /**
   * @param {string} route
   * @param {HttpBench} bare
   * @param {HttpBench} service
   */
  async compareHits(route, bare, service) {
    const ceiling = await bare.measure(hits, this.timing.rate);
    const { requestsPerSecond: rate, latencyMs } = await service.measure(hits, this.timing.rate);
    const row = { name: `**bare Fastify**, the same answers to ${route}: 16 connections`, unit: 'requests' };
    this.results.add(row, { rate: ceiling.requestsPerSecond, ...ceiling.latencyMs });
    const ratio = rate / ceiling.requestsPerSecond;
    this.results.add({ name: `hits, ${route}: 16 connections`, unit: 'requests', target: '>= 50 %' }, { rate, ratio, ...latencyMs });
  }

  /** One text at a time has all cores, so the ceiling is onnxruntime-node on all cores. */
  async measureLoneMisses() {
    const { inference, service } = this.benches;
    for (const { tokens, target, ...workload } of loneMisses) {
      const { oneCore, allCores } = await inference.latency(workload.range, this.timing.ceilingMs / 4);
      const { latencyMs } = await service.measure(workload, this.timing.lone);
      this.results.add({ name: `**onnxruntime-node alone**, one text of ${tokens} tokens, one core` }, { p50: oneCore });
      this.results.add({ name: `**onnxruntime-node alone**, one text of ${tokens} tokens, all cores` }, { p50: allCores });
      const row = {
        name: `one miss at a time, ${tokens} tokens, idle service`,
        ratio: /** @type {const} */ ('x'),
        ...(target && { target }),
      };
      this.results.add(row, { ratio: latencyMs.p50 / allCores, ...latencyMs });
    }
  }

  async measurePacedHits() {
    const { service, background } = this.benches;
    const idle = await service.measure(pacedHits, this.timing.latency);
    this.results.add({ name: '400 hits a second, idle service' }, idle.latencyMs);
    for (const { name, ...workload } of saturations) {
      const { warmUpMs, windowMs } = this.timing.latency;
      const saturating = background.measure(workload, { warmUpMs: 0, windowMs: warmUpMs + windowMs });
      const [{ latencyMs }] = await Promise.all([service.measure(pacedHits, this.timing.latency), saturating]);
      const row = { name: `400 hits a second, beside misses: ${name}`, ratio: /** @type {const} */ ('x'), target: '< 5 x, < 10 ms (p99)' };
      this.results.add(row, { ratio: latencyMs.p99 / idle.latencyMs.p99, ...latencyMs });
    }
  }
}
