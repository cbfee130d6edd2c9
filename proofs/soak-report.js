import { total } from './process-figures.js';

const mostGrowth = 1.15;
/** Descriptors that may be added under load: connections to Redis that are opened when they are first needed. */
const mostDescriptors = 8;

/** @typedef {import('./process-figures.js').Figures & { minute: number }} Sample */
/** @typedef {{ requestsInFlight: number, textsWaiting: number, descriptors: import('./process-figures.js').Descriptors, processes: number }} Left */

/** @param {Sample} sample */
export function progress({ minute, main, mainMappedFiles, workers, descriptors: { sockets, files, others } }) {
  const each = workers.map((mebibytes) => mebibytes.toFixed(0)).join(' + ');
  return (
    `minute ${minute.toFixed(1)}: main process ${main.toFixed(0)} MiB (${mainMappedFiles.toFixed(0)} of it mapped files), ` +
    `inference processes ${each} MiB, descriptors: ${sockets} sockets, ${files} files, ${others} others`
  );
}

/**
 * Prints the counts, the growth and the leftovers, and returns those that are faults.
 *
 * @param {object} run
 * @param {readonly Sample[]} run.early
 * @param {readonly Sample[]} run.late
 * @param {readonly (readonly [string, number])[]} run.counts
 * @param {import('./process-figures.js').Descriptors} run.before
 * @param {Left} run.left
 * @returns {readonly string[]}
 */
export function report({ early, late, counts, before, left }) {
  const [settled, last] = [memory(early), memory(late)];
  const growth = /** @type {const} */ ([
    ['main process', settled.main, last.main],
    ['main process without mapped files', settled.mainOwn, last.mainOwn],
    ['inference processes together', settled.workers, last.workers],
  ]);
  const more = total(left.descriptors) - total(before);
  print(
    ['MiB RSS, median of a minute', 'when settled', 'at the end', ''],
    growth.map(([name, from, to]) => [name, from.toFixed(0), to.toFixed(0), `${((to / from - 1) * 100).toFixed(0)} %`]),
  );
  print(['what', 'how often'], counts);
  print(
    ['open in the main process', 'before the load', 'after it'],
    [
      ['sockets', before.sockets, left.descriptors.sockets],
      ['files', before.files, left.descriptors.files],
      ['others', before.others, left.descriptors.others],
    ],
  );
  print(
    ['left at the end', ''],
    [
      ['requests in flight', left.requestsInFlight],
      ['texts waiting', left.textsWaiting],
      ['processes after the stop', left.processes],
    ],
  );
  return [
    ...growth.filter(([, from, to]) => !(to <= from * mostGrowth)).map(([name]) => `grew: ${name}`),
    ...(more <= mostDescriptors ? [] : [`${more} more descriptors are open than before the load`]),
    ...(left.requestsInFlight === 0 ? [] : ['requests are in flight that have no caller']),
    ...(left.textsWaiting === 0 ? [] : ['texts wait that have no caller']),
    ...(left.processes === 0 ? [] : ['processes outlived the service']),
  ];
}

/** @param {readonly Sample[]} samples */
function memory(samples) {
  return {
    main: median(samples.map(({ main }) => main)),
    mainOwn: median(samples.map(({ main, mainMappedFiles }) => main - mainMappedFiles)),
    workers: median(samples.map(({ workers }) => workers.reduce((sum, mebibytes) => sum + mebibytes, 0))),
  };
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  return [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? NaN;
}

/** @param {readonly string[]} head @param {readonly (readonly (string | number)[])[]} rows */
function print(head, rows) {
  const lines = [head, head.map(() => '---'), ...rows];
  console.log(`\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`);
}
