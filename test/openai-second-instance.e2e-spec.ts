import { embed, embedBatch } from './support/embed.js';
import { getJson } from './support/get-json.js';
import { longTexts } from './support/long-texts.js';
import { readMetric } from './support/read-metric.js';
import { readStats } from './support/read-stats.js';
import { type StartedService, startService } from './support/start-service.js';
import { vectorBits } from './support/vector-bits.js';

const TEXTS = [
  ...Array.from({ length: 97 }, (_, index) => `Text number ${index} about ${['rivers', 'engines', 'paper'][index % 3] ?? ''}`),
  'नमस्ते दुनिया',
  '<|endoftext|> is text',
  '🦤 and a half',
];

let upstream: StartedService;
let client: StartedService;

beforeAll(async () => {
  upstream = await startService({ RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1' });
  client = await startService({
    EMBEDDING_PROVIDER: 'openai',
    OPENAI_BASE_URL: `${upstream.url}/v1/`,
    OPENAI_MODEL: 'all-MiniLM-L6-v2',
    OPENAI_MAX_INPUTS: '40',
    RATE_LIMIT_REQUESTS: '0',
  });
});

describe('a service whose upstream is another instance of this service', () => {
  it('gives the same vectors as /embed of the upstream, to the bit', async () => {
    const [here, there] = await Promise.all([embedBatch(client.url, TEXTS), embedBatch(upstream.url, TEXTS)]);
    expect(here.status).toBe(200);
    expect(here.body.embeddings.map(vectorBits)).toEqual(there.body.embeddings.map(vectorBits));
    expect(here.body.tokens).toBe(there.body.tokens);
    const calls = await readMetric(client.url, 'embedding_upstream_calls_total', { outcome: 'success' });
    expect([3, 4]).toContain(calls); // a call has 40 inputs at most, and the first may leave before all texts arrived
    expect(await readMetric(client.url, 'embedding_upstream_tokens_total')).toBe(there.body.tokens);
  });

  it("reports the tokens that the upstream counts, which differ from OpenAI's", async () => {
    const [here, there] = await Promise.all([embed(client.url, 'unbelievably'), embed(upstream.url, 'unbelievably')]);
    expect(here.body.tokens).toBe(there.body.tokens);
  });

  it('has a space of its own, and learns the model and dimensions from the upstream', async () => {
    const [here, there] = await Promise.all([readStats(client.url), readStats(upstream.url)]);
    expect(here).toMatchObject({ provider: 'openai', model: 'all-MiniLM-L6-v2', embedding_dim: 384 });
    expect(here.space).not.toBe(there.space);
    expect((await getJson(`${client.url}/health/ready`)).status).toBe(200);
  });

  it('embeds texts that are longer than the upstream reads, and reports the cut', async () => {
    const texts = [...longTexts(2), 'a short one'];
    const [here, there] = await Promise.all([embedBatch(client.url, texts), embedBatch(upstream.url, texts)]);
    expect(here.body.embeddings.map(vectorBits)).toEqual(there.body.embeddings.map(vectorBits));
    expect(here.body.truncated).toEqual([true, true, false]);
  });

  it('answers 502 for misses while the upstream is gone, hits from its cache, and all again when it is back', async () => {
    const port = new URL(upstream.url).port;
    await embed(client.url, 'a text for the cache');
    await upstream.stop('SIGKILL');
    const [miss, hit, live] = await Promise.all([
      embed(client.url, 'a text for nobody'),
      embed(client.url, 'a text for the cache'),
      getJson(`${client.url}/health/live`),
    ]);
    upstream = await startService({ API_PORT: port, EMBEDDING_WORKERS: '1' });

    expect([miss.status, hit.status, live.status]).toEqual([502, 200, 200]);
    expect((await embed(client.url, 'a text for nobody')).status).toBe(200);
  });
});
