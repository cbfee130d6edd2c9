import { answersAlone, vectorsAlone } from './ask-alone.js';
import { HttpBench } from './http-bench.js';
import { Results } from './results.js';
import { ServiceProcess } from './service-process.js';
import { concurrencies, hits, hitTexts, loneMisses, misses } from './workloads.js';

/** With the usual int8 models a vector depends on the other texts of its batch: the cosine falls to 0.978 (models/README.md). */
const lowestCosine = 0.95;

/** @typedef {import('./load-program.js').Workload} Workload */
/** @typedef {Workload & { name: string, unit: 'texts' | 'requests' }} NamedWorkload */

/** @type {readonly NamedWorkload[]} */
const workloads = [
  ...misses.map((workload) => ({ ...workload, unit: /** @type {const} */ ('texts') })),
  { ...hits, name: `${hitTexts.length} texts again and again: 16 connections`, unit: 'requests' },
  ...concurrencies.map((workload) => ({
    ...workload,
    name: `misses, ~32 tokens: 1 text a request, ${workload.connections} at a time`,
    unit: /** @type {const} */ ('texts'),
  })),
  ...loneMisses.map(({ tokens, range, textsPerRequest, connections }) => ({
    name: `one miss at a time, ${tokens} tokens, idle server`,
    unit: /** @type {const} */ ('texts'),
    range,
    textsPerRequest,
    connections,
  })),
];

/**
 * Runs the HTTP workloads against a server that is already running and against this service, in turns. Of one text at a
 * time it compares the median times, otherwise the rates.
 *
 * @param {import('./request-source.js').Server} server
 * @param {import('./timing.js').Timing} timing
 * @param {(line: string) => void} say
 */
export async function benchOtherServer(server, timing, say) {
  const bench = new HttpBench(server, { reference: (texts) => vectorsAlone(server, texts), lowestCosine });
  const service = await ServiceProcess.start();
  /** @type {import('./request-source.js').Server} */
  const ownServer = { url: service.url, api: 'seed', model: '' };
  const own = new HttpBench(ownServer, { reference: (texts) => vectorsAlone(ownServer, texts), lowestCosine });
  try {
    say('warming up');
    for (const each of [server, ownServer]) await answersAlone(each, hitTexts);
    const accepted = await acceptedWorkloads(bench, timing, say);
    const results = new Results();
    for (let round = 1; round <= timing.rounds; round++) {
      say(`round ${round} of ${timing.rounds}`);
      for (const { name, unit, ...workload } of accepted) {
        const theirs = await bench.measure(workload, timing.rate);
        const ours = await own.measure(workload, timing.rate);
        const ratio = isAlone(workload) ? ours.latencyMs.p50 / theirs.latencyMs.p50 : ours.textsPerSecond / theirs.textsPerSecond;
        results.add({ name: `the other server: ${name}`, unit }, { rate: theirs.textsPerSecond, ...theirs.latencyMs });
        const row = { name: `this service: ${name}`, unit, ...(isAlone(workload) && { ratio: /** @type {const} */ ('x') }) };
        results.add(row, { rate: ours.textsPerSecond, ratio, ...ours.latencyMs });
      }
    }
    return results.toTable();
  } finally {
    bench.stop();
    own.stop();
    await service.stop();
  }
}

/** @param {Workload} workload */
function isAlone({ connections, textsPerRequest }) {
  return connections === 1 && textsPerRequest === 1;
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
