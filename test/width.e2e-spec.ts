import { embed, embedBatch } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { childPids } from './support/child-pids.js';
import { longTexts } from './support/long-texts.js';
import { readMetric } from './support/read-metric.js';
import { startService, type StartedService } from './support/start-service.js';
import { vectorBits } from './support/vector-bits.js';

jest.setTimeout(120_000);

const FRESH = { 'cache-control': 'no-cache' };
/** From one word to more than the model reads. */
const TEXTS = longTexts(12).map((text, index) => text.slice(0, 3 * 2 ** index));

let wide: StartedService;
let narrow: StartedService;

beforeAll(async () => {
  const start = async (EMBEDDING_WORKERS: string): Promise<StartedService> =>
    await startService({ EMBEDDING_WORKERS, RATE_LIMIT_REQUESTS: '0' });
  [wide, narrow] = await Promise.all([start('3'), start('1')]);
});

async function wideRuns({ url }: StartedService): Promise<number> {
  return await readMetric(url, 'embedding_wide_runs_total');
}

describe('a text that comes alone', () => {
  it('runs on all cores, and has the bits that one thread gives it, alone and in a batch', async () => {
    const before = await wideRuns(wide);
    const alone: string[] = [];
    for (const text of TEXTS) alone.push(vectorBits((await embed(wide.url, text, FRESH)).body.embedding));
    const after = await wideRuns(wide);
    const ofOneThread: string[] = [];
    for (const text of TEXTS) ofOneThread.push(vectorBits((await embed(narrow.url, text, FRESH)).body.embedding));
    const { body } = await embedBatch(wide.url, TEXTS, FRESH);

    expect(after - before).toBe(TEXTS.length);
    expect(alone).toEqual(ofOneThread);
    expect(body.embeddings.map(vectorBits)).toEqual(alone);
    expect(await wideRuns(narrow)).toBe(0);
  });

  it('runs on all cores again after the process that can was lost', async () => {
    for (const pid of childPids(wide.pid)) process.kill(pid, 'SIGKILL');
    await eventually('a wide run', async () => {
      const before = await wideRuns(wide);
      await embed(wide.url, 'a text that comes alone', FRESH);
      return (await wideRuns(wide)) > before;
    });
    expect((await embed(wide.url, 'a text that comes alone', FRESH)).status).toBe(200);
  });
});

describe('texts that come together', () => {
  it('run on one thread each', async () => {
    const before = await wideRuns(wide);
    await embedBatch(wide.url, longTexts(40), FRESH);
    expect((await wideRuns(wide)) - before).toBeLessThanOrEqual(1); // the last one may be alone
  });
});
