import { answersAlone } from './ask-alone.js';
import { JobRounds } from './job-rounds.js';
import { shortTexts } from './text-source.js';
import { concurrencies, hits, hitTexts } from './workloads.js';
import { hasWrk, wrkHits } from './wrk.js';

/** @typedef {import('./http-bench.js').HttpBench} HttpBench */

/** The workloads of `--full`, beside those of every run. */
export class FullRounds {
  /**
   * @param {import('./service-rounds.js').Benches & { proxied: HttpBench }} benches `proxied`: a service with TRUST_PROXY=1.
   * @param {import('./timing.js').Timing} timing
   * @param {import('./results.js').Results} results
   * @param {readonly import('./model-rounds.js').ModelRounds[]} models
   */
  constructor(benches, timing, results, models) {
    this.benches = benches;
    this.models = models;
    this.timing = timing;
    this.results = results;
    this.groupSize = 1;
    this.withWrk = hasWrk();
    this.jobs = new JobRounds(benches.service.server.url);
  }

  async warmUp() {
    const { inference, proxied } = this.benches;
    this.groupSize = await inference.bestGroupSize(shortTexts, this.timing.groupSizeMs);
    await answersAlone(proxied.server, hitTexts);
    await proxied.measure(hits, this.timing.warmUp);
    for (const model of this.models) await model.warmUp(this.timing);
  }

  async round() {
    await this.measureConcurrencies();
    await this.measureProxiedHits();
    if (this.withWrk) this.measureWrk();
    await this.jobs.round(this.results);
    for (const model of this.models) await model.round(this.timing, this.results);
  }

  async measureConcurrencies() {
    const { inference, service } = this.benches;
    const ceiling = await inference.throughput(shortTexts, this.groupSize, this.timing.ceilingMs);
    for (const workload of concurrencies) {
      const { textsPerSecond, latencyMs } = await service.measure(workload, this.timing.rate);
      const name = `misses, ~32 tokens: 1 text a request, ${workload.connections} at a time, of the ceiling of groups of ${this.groupSize}`;
      this.results.add({ name, unit: 'texts' }, { rate: textsPerSecond, ratio: textsPerSecond / ceiling, ...latencyMs });
    }
  }

  async measureProxiedHits() {
    const { bareHttp, proxied } = this.benches;
    const ceiling = await bareHttp.measure(hits, this.timing.rate);
    const { requestsPerSecond: rate, latencyMs } = await proxied.measure(hits, this.timing.rate);
    const row = { name: 'hits, POST /embed, behind a trusted proxy: 16 connections', unit: 'requests' };
    this.results.add(row, { rate, ratio: rate / ceiling.requestsPerSecond, ...latencyMs });
  }

  measureWrk() {
    const { bareHttp, service } = this.benches;
    const ceiling = wrkHits(bareHttp.server.url, this.timing.rate.windowMs);
    const rate = wrkHits(service.server.url, this.timing.rate.windowMs);
    this.results.add({ name: '**bare Fastify**, by wrk: 16 connections', unit: 'requests' }, { rate: ceiling });
    this.results.add({ name: 'hits, POST /embed, by wrk: 16 connections', unit: 'requests' }, { rate, ratio: rate / ceiling });
  }
}
