import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ChildProgram } from './child-program.js';
import { median } from './statistics.js';
import { TextSource } from './text-source.js';
import { modelFolder, tokenIds } from './vocabulary.js';

/** @typedef {import('./inference-program.js').InferenceMeasurement} InferenceMeasurement */
/** @typedef {import('./inference-program.js').Group} Group */
/** @typedef {import('./text-source.js').TokenRange} TokenRange */

const textsPrepared = 256;
const groupSizes = [1, 2, 4, 8, 16];

/** Runs onnxruntime-node alone, which shows the limit of the processor: one process of one thread for each core, and one of all cores. */
export class BareInference {
  /** @param {string} [graph] The path of an ONNX file; by default that of the bundled model. */
  constructor(graph = fileURLToPath(new URL('onnx/model_quantized.onnx', modelFolder))) {
    const cores = availableParallelism();
    this.children = Array.from({ length: cores }, () => new ChildProgram('./inference-program.js', ['1', graph]));
    this.wide = new ChildProgram('./inference-program.js', [String(cores), graph]);
  }

  /**
   * Measures texts per second on all cores, in groups of similar length.
   *
   * @param {TokenRange} range
   * @param {number} groupSize
   * @param {number} milliseconds
   */
  async throughput(range, groupSize, milliseconds) {
    const measurements = await Promise.all(this.children.map((child) => measure(child, groupsOf(range, groupSize), milliseconds)));
    return measurements.reduce((sum, { texts, milliseconds: taken }) => sum + (texts / taken) * 1000, 0);
  }

  /**
   * Finds the group size with the highest throughput; each size is measured twice.
   *
   * @param {TokenRange} range
   * @param {number} milliseconds For each measurement.
   */
  async bestGroupSize(range, milliseconds) {
    let best = { size: 1, throughput: 0 };
    for (const size of [...groupSizes, ...groupSizes]) {
      const throughput = await this.throughput(range, size, milliseconds);
      if (throughput > best.throughput) best = { size, throughput };
    }
    return best.size;
  }

  /**
   * Measures the median milliseconds of one text alone on one core, while the others are idle, and on all cores.
   *
   * @param {TokenRange} range
   * @param {number} milliseconds For each measurement.
   */
  async latency(range, milliseconds) {
    const [child] = this.children;
    if (child === undefined) throw new Error('no core');
    const groups = groupsOf(range, 1);
    const oneCore = median((await measure(child, groups, milliseconds)).runs);
    const allCores = median((await measure(this.wide, groups, milliseconds)).runs);
    return { oneCore, allCores };
  }

  /**
   * Computes the vector of each text alone.
   *
   * @param {readonly string[]} texts
   */
  async embed(texts) {
    const share = Math.ceil(texts.length / this.children.length);
    const shares = this.children.map((child, index) => child.ask({ embed: texts.slice(index * share, (index + 1) * share).map(tokenIds) }));
    return /** @type {number[][][]} */ (await Promise.all(shares)).flat();
  }

  stop() {
    for (const child of [...this.children, this.wide]) child.stop();
  }
}

/**
 * @param {ChildProgram} child
 * @param {readonly Group[]} groups
 * @param {number} milliseconds
 */
async function measure(child, groups, milliseconds) {
  return /** @type {InferenceMeasurement} */ (await child.ask({ measure: groups, milliseconds }));
}

/**
 * @param {TokenRange} range
 * @param {number} groupSize
 * @returns {readonly Group[]}
 */
function groupsOf(range, groupSize) {
  const texts = new TextSource(range).take(textsPrepared).map(tokenIds);
  texts.sort((left, right) => left.length - right.length);
  return Array.from({ length: textsPrepared / groupSize }, (_, index) => texts.slice(index * groupSize, (index + 1) * groupSize));
}
