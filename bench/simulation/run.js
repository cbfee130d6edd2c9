/**
 * The real scheduler, rate limit and memory cache on a simulated clock: where the first wall stands at 64 cores and at 100
 * instances, and which setting moves it.
 *
 *   npm run simulate                    a minute or two
 *   npm run simulate -- --against-real  drives this machine's service and the simulation with the same requests
 */
import { parseArgs } from 'node:util';
import { compareWithReal } from './against-real.js';
import { runEvents } from './events.js';
import { builtParts } from './parts.js';
import { findWall, walls } from './walls.js';

const { values } = parseArgs({ options: { 'against-real': { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } } });
const seed = Number(values.seed);
const parts = await builtParts();
if (values['against-real']) await compareWithReal(parts, seed);
else findAll();

function findAll() {
  console.log(row('load', 'setting', 'requests/s', 'busiest', 'share', 'p95 ms'));
  for (const wall of walls) {
    const { name, setting, perSecond, resource, share, p95 } = findWall(wall, { seed, fromMs: 300, untilMs: 900 }, parts);
    const rate = Math.round(perSecond).toLocaleString('en-US');
    console.log(row(name, setting, rate, resource, `${Math.min(100, Math.round(share * 100))} %`, p95.toFixed(1)));
  }
  console.log('\n100 instances of 8 cores, 20,000 requests a second, half of them hits, 2 s, and:');
  for (const { name, result } of runEvents(parts, seed)) {
    const { latencyMs, outcomes, computedAgain, kills } = result;
    const counts = `${kills} killed, ${outcomes.failed} failed, ${computedAgain} texts computed again`;
    console.log(`${name.padEnd(44)}p50 ${latencyMs.p50.toFixed(1)}, p99 ${latencyMs.p99.toFixed(1)} ms; ${counts}`);
  }
}

/** @param {...string} cells */
function row(...cells) {
  const widths = [27, 24, 12, 14, 7, 7];
  return cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('');
}
