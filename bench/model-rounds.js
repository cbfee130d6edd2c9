import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BareInference } from './bare-inference.js';
import { HttpBench } from './http-bench.js';
import { writeRandomModel } from './random-model.js';
import { ServiceProcess } from './service-process.js';
import { shortTexts, textsOf } from './text-source.js';

/** @typedef {import('./load-program.js').Workload} Workload */

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const lowestCosine = 0.9999;

/** @type {Workload} */
const batches = { range: shortTexts, textsPerRequest: 32, connections: 4 };
/** @type {Workload} */
const lone = { range: textsOf(32), textsPerRequest: 1, connections: 1 };

/** A model of twelve layers in one form, in a service and in onnxruntime-node alone. */
export class ModelRounds {
  /**
   * @param {string} name
   * @param {{ inference: BareInference, service: ServiceProcess }} parts
   */
  constructor(name, { inference, service }) {
    this.name = name;
    this.inference = inference;
    this.service = service;
    this.bench = new HttpBench({ url: service.url, api: 'seed', model: '' }, { reference: inference.embed.bind(inference), lowestCosine });
    this.groupSize = 1;
  }

  /** Starts the model in fp32, and with the int8 weights that `quantize` makes of it. */
  static async startAll() {
    const folder = mkdtempSync(join(tmpdir(), 'embedding-bench-model-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const [fp32, int8] = [join(folder, 'fp32'), join(folder, 'int8')];
    writeRandomModel(fp32);
    execFileSync(process.execPath, [cli, 'quantize', fp32, '--out', int8], { stdio: ['ignore', 'ignore', 'inherit'] });
    return [
      await ModelRounds.start('fp32', { model: fp32, dtype: 'fp32', file: 'onnx/model.onnx' }),
      await ModelRounds.start('int8', { model: int8, dtype: 'int8', file: 'onnx/model_rowwise_int8.onnx' }),
    ];
  }

  /** @param {string} name @param {{ model: string, dtype: string, file: string }} form */
  static async start(name, { model, dtype, file }) {
    const service = await ServiceProcess.start({ EMBEDDING_MODEL: model, EMBEDDING_DTYPE: dtype });
    return new ModelRounds(`12 layers with random weights in ${name}`, { inference: new BareInference(join(model, file)), service });
  }

  /** @param {import('./timing.js').Timing} timing */
  async warmUp(timing) {
    this.groupSize = await this.inference.bestGroupSize(shortTexts, timing.groupSizeMs);
    await this.bench.measure(batches, timing.warmUp);
  }

  /** @param {import('./timing.js').Timing} timing @param {import('./results.js').Results} results */
  async round(timing, results) {
    const { name, groupSize, inference, bench } = this;
    const ceiling = await inference.throughput(shortTexts, groupSize, timing.ceilingMs);
    const { textsPerSecond: rate, latencyMs } = await bench.measure(batches, timing.rate);
    results.add({ name: `**onnxruntime-node alone**, ${name}, ~32 tokens: groups of ${groupSize}`, unit: 'texts' }, { rate: ceiling });
    results.add(
      { name: `misses, ${name}, ~32 tokens: 32 texts a request, 4 connections`, unit: 'texts' },
      { rate, ratio: rate / ceiling, ...latencyMs },
    );
    const { allCores } = await inference.latency(lone.range, timing.ceilingMs / 4);
    const { latencyMs: ofLone } = await bench.measure(lone, timing.lone);
    results.add({ name: `**onnxruntime-node alone**, ${name}, one text of 32 tokens, all cores` }, { p50: allCores });
    results.add({ name: `one miss at a time, ${name}, 32 tokens, idle service`, ratio: 'x' }, { ratio: ofLone.p50 / allCores, ...ofLone });
  }

  async stop() {
    this.bench.stop();
    this.inference.stop();
    await this.service.stop();
  }
}
