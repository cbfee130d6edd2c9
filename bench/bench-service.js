import { answersAlone } from './ask-alone.js';
import { BareHttp } from './bare-http.js';
import { BareInference } from './bare-inference.js';
import { FullRounds } from './full-rounds.js';
import { HttpBench } from './http-bench.js';
import { ModelRounds } from './model-rounds.js';
import { OtherWork } from './other-work.js';
import { mappedMebibytes, processMemory } from './process-memory.js';
import { Results } from './results.js';
import { ServiceProcess } from './service-process.js';
import { ServiceRounds } from './service-rounds.js';
import { hitTexts } from './workloads.js';

/** @typedef {import('./request-source.js').Server} Server */

/** A text has the same bits alone and in a batch; only the rounding of the mean may differ. */
const lowestCosine = 0.9999;

/**
 * Compares the service of this repository with its ceilings.
 *
 * @param {import('./timing.js').Timing} timing
 * @param {{ say: (line: string) => void, full: boolean }} options
 */
export async function benchService(timing, { say, full }) {
  /** @type {{ stop: () => unknown }[]} */
  const started = [];
  const otherWork = new OtherWork();
  /** @template {{ stop: () => unknown }} T @param {T} part */
  const keep = (part) => {
    started.push(part);
    return part;
  };
  try {
    const service = keep(await ServiceProcess.start());
    const before = processMemory(service.pid);
    /** @type {Server} */
    const server = { url: service.url, api: 'seed', model: '' };
    /** @type {Server} */
    const openAi = { url: service.url, api: 'openai-base64', model: 'all-MiniLM-L6-v2' };
    const inference = keep(new BareInference());
    const bareHttp = keep(await BareHttp.start({ native: await cachedAnswers(server), openAi: await cachedAnswers(openAi) }));
    const check = { reference: inference.embed.bind(inference), lowestCosine };
    const benches = {
      inference,
      service: keep(new HttpBench(server, check)),
      background: keep(new HttpBench(server, check)),
      openAi: keep(new HttpBench(openAi, check)),
      bareHttp: keep(new HttpBench({ ...server, url: bareHttp.url }, check)),
      bareOpenAi: keep(new HttpBench({ ...openAi, url: bareHttp.url }, check)),
    };
    const results = new Results();
    const proxied = full ? keep(await ServiceProcess.start({ TRUST_PROXY: '1', EMBEDDING_WORKERS: '1' })) : undefined;
    const models = full ? (await ModelRounds.startAll()).map(keep) : [];
    const more =
      proxied &&
      new FullRounds(
        { ...benches, proxied: keep(new HttpBench({ ...server, url: proxied.url, forwardedFor: '192.0.2.1' }, check)) },
        timing,
        results,
        models,
      );
    const rounds = new ServiceRounds(benches, timing, results);
    say('warming up');
    await rounds.warmUp();
    await more?.warmUp();
    for (let round = 1; round <= timing.rounds; round++) {
      say(`round ${round} of ${timing.rounds}`);
      await rounds.round();
      await more?.round();
    }
    const memory = memoryLines(before, processMemory(service.pid));
    const mapped = `${mappedMebibytes(service.pid).toFixed(0)} MiB of the HTTP process at the end are mapped files, mostly the cache on the disk`;
    return [
      results.toTable(),
      '',
      ...memory,
      mapped,
      generatorLine([benches.service, benches.openAi, benches.bareHttp, benches.bareOpenAi]),
      otherWorkLine(otherWork),
    ].join('\n');
  } finally {
    await Promise.all(started.map((part) => part.stop()));
  }
}

/** Asks for each text twice, because the second answer is a hit. @param {Server} server */
async function cachedAnswers(server) {
  await answersAlone(server, hitTexts);
  const answers = await answersAlone(server, hitTexts);
  return new Map(hitTexts.map((text, index) => [text, answers[index] ?? '']));
}

/** @typedef {ReturnType<typeof processMemory>} Memory @param {Memory} before @param {Memory} after */
function memoryLines(before, after) {
  return after.map(({ pid, mebibytes }, index) => {
    const name = index === 0 ? 'HTTP process' : `inference process ${index}`;
    const [first] = before.filter((process) => process.pid === pid);
    return `RSS of ${name}: ${first?.mebibytes.toFixed(0) ?? '?'} MiB after the start, ${mebibytes.toFixed(0)} MiB at the end`;
  });
}

/** @param {readonly HttpBench[]} benches */
function generatorLine(benches) {
  const share = Math.max(...benches.map(({ highestCpuShare }) => highestCpuShare));
  return `The load generator took at most ${(share * 100).toFixed(0)} % of one core`;
}

/** @param {OtherWork} otherWork */
function otherWorkLine(otherWork) {
  return `Other programs took ${(otherWork.share() * 100).toFixed(0)} % of the machine meanwhile`;
}
