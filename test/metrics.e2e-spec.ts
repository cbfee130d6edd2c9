import { spawnSync } from 'node:child_process';
import { embed, embedBatch } from './support/embed.js';
import { readMetric, readMetrics } from './support/read-metric.js';
import { type StartedService, startService } from './support/start-service.js';

jest.setTimeout(60_000);

let service: StartedService;

/** Sends one request of each kind: a miss, a hit, a batch that is half cached, and an invalid request. */
beforeAll(async () => {
  service = await startService();
  await embed(service.url, 'one');
  await embed(service.url, 'one');
  await embedBatch(service.url, ['one', 'two']);
  await embed(service.url, '');
});

async function metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  return await readMetric(service.url, name, labels);
}

describe('/metrics', () => {
  it('passes promtool check metrics without warnings', async () => {
    const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
      input: await readMetrics(service.url),
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr, error }).toEqual({ status: 0, stdout: '', stderr: '', error: undefined });
  });

  it('counts the tokens that were computed', async () => {
    expect(await metric('embedding_tokens_total')).toBe(6);
  });

  it('times requests, failed and uncached ones too', async () => {
    expect(await metric('embedding_latency_seconds_count', { model: 'all-MiniLM-L6-v2' })).toBe(4);
    expect(await metric('embedding_stage_seconds_count', { stage: 'inference' })).toBe(2);
    expect(await metric('embedding_stage_seconds_count', { stage: 'tokenize' })).toBe(2);
  });
});
