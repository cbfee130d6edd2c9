import { answersAlone, vectorsAlone } from './ask-alone.js';
import { HttpBench } from './http-bench.js';
import { Results } from './results.js';
import { hits, hitTexts, loneMisses, misses } from './workloads.js';

/** With the usual int8 models a vector depends on the other texts of its batch: the cosine falls to 0.978 (models/README.md). */
const lowestCosine = 0.95;

/** @typedef {import('./load-program.js').Workload} Workload */
/** @typedef {Workload & { name: string, unit: 'texts' | 'requests' }} NamedWorkload */

/** @type {readonly NamedWorkload[]} */
const workloads = [
  ...misses.map((workload) => ({ ...workload, unit: /** @type {const} */ ('texts') })),
  { ...hits, name: `${hitTexts.length} texts again and again: 16 connections`, unit: 'requests' },
  ...loneMisses.map(({ tokens, range, textsPerRequest, connections }) => ({
    name: `one miss at a time, ${tokens} tokens, idle server`,
    unit: /** @type {const} */ ('texts'),
    range,
    textsPerRequest,
    connections,
  })),
];

/**
 * Runs the HTTP workloads against a server that is already running.
 *
 * @param {import('./request-source.js').Server} server
 * @param {import('./timing.js').Timing} timing
 * @param {(line: string) => void} say
 */
export async function benchOtherServer(server, timing, say) {
  const bench = new HttpBench(server, { reference: (texts) => vectorsAlone(server, texts), lowestCosine });
  try {
    say('warming up');
    await answersAlone(server, hitTexts);
    const accepted = await acceptedWorkloads(bench, timing, say);
    const results = new Results();
    for (let round = 1; round <= timing.rounds; round++) {
      say(`round ${round} of ${timing.rounds}`);
      for (const { name, unit, ...workload } of accepted) {
        const { textsPerSecond, latencyMs } = await bench.measure(workload, timing.rate);
        results.add({ name, unit }, { rate: textsPerSecond, ...latencyMs });
      }
    }
    return results.toTable();
  } finally {
    bench.stop();
  }
}

/**
 * Other servers may take fewer texts in a request. Any other refusal is a failure.
 *
 * @param {HttpBench} bench
 * @param {import('./timing.js').Timing} timing
 * @param {(line: string) => void} say
 */
async function acceptedWorkloads(bench, timing, say) {
  const accepted = [];
  for (const workload of workloads) {
    try {
      await bench.measure(workload, timing.warmUp);
      accepted.push(workload);
    } catch (error) {
      if (!(error instanceof Error) || !/status (?:400|413|422)/.test(error.message)) throw error;
      say(`left out, because the server refuses it: ${workload.name}`);
    }
  }
  if (accepted.length === 0) throw new Error('the server refuses every workload: is --api the right one?');
  return accepted;
}
