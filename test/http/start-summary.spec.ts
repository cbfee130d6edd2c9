import { KeyDirectory } from '../../src/auth/key-directory.js';
import { parseSettings } from '../../src/config/parse-settings.js';
import { FakeEmbeddingProvider } from '../../src/embedding/embedding-provider.fake.js';
import { Prompts } from '../../src/embedding/prompts.js';
import { startSummary } from '../../src/server/start-summary.js';

const MIB = 2 ** 20;
const machine = { cores: 2, memoryBytes: 2 ** 33, isModelFolder: () => true, readFile: () => '{"models": [{"source": "./folder"}]}' };
const HASH = 'a'.repeat(64);

type Environment = Readonly<Record<string, string>>;

function linesOf(environment: Environment, fake = new FakeEmbeddingProvider()): ReturnType<typeof startSummary> {
  const { space, traits } = fake;
  const plan = environment['EMBEDDING_PROVIDER'] === 'openai' ? undefined : '2 processes of 1 thread';
  const provider = { processCounts: () => ({ ...fake.processCounts(), loadedBytes: 250 * MIB, plan }) };
  const settings = parseSettings(environment, machine);
  return startSummary(settings, {
    models: [{ name: space.model, space, traits, provider }],
    keys: new KeyDirectory(settings.auth),
    rssBytes: 100 * MIB,
  });
}

/** The text of each line, by its title. */
function textsOf(environment: Environment, fake?: FakeEmbeddingProvider): Readonly<Record<string, string>> {
  return Object.fromEntries(linesOf(environment, fake).map(({ title, text }) => [title, text]));
}

describe('startSummary', () => {
  it('says what a service with no settings does', () => {
    expect(textsOf({})).toEqual({
      Model: expect.stringMatching(/^fake-model .*: 4 dimensions, up to 8 tokens, pooling /),
      Prompts: 'none',
      Space: expect.stringMatching(/^[0-9a-f]{16}; /),
      Computes: '2 processes of 1 thread; memory now: 100 MiB for HTTP, 250 MiB for the model',
      Cache: '256 MiB of memory, then up to 512 MiB in data/cache; for 86400 s',
      Limit: '100 requests in 60 s for each address; a batch or a job is one request',
      Keys: 'none: anyone who reaches 0.0.0.0:8000 may embed',
      Redis: 'none: cache, limits and jobs are in this process',
      Jobs: 'kept in data/jobs, done by this process',
      Pages: '/, /docs, /metrics, /health/ready',
    });
  });

  it('says what is in Redis, without its password', () => {
    const texts = textsOf({
      REDIS_URL: 'redis://user:secret@cache:6379/0',
      QUEUE_REDIS_URL: 'redis+unix:///run/redis.sock?db=1',
      ADMIN_KEY: 'x'.repeat(16),
    });
    expect(texts['Redis']).toBe('cache and limits in redis://cache:6379/0; jobs in redis+unix:///run/redis.sock');
    expect(texts['Cache']).toBe('256 MiB of memory, then Redis; for 86400 s');
    expect(texts['Jobs']).toBe('done by this process and by workers (npm run worker)');
    expect(texts['Pages']).toMatch(/, \/queues$/);
    expect(JSON.stringify(texts)).not.toContain('secret');
  });

  it('says who may embed, and how much', () => {
    expect(textsOf({ API_KEYS: `search:${HASH}`, ADMIN_KEY: 'x'.repeat(16) })).toMatchObject({
      Keys: '1 key, and ADMIN_KEY',
      Limit: expect.stringContaining('for each key without limits of its own'),
    });
    expect(textsOf({ ADMIN_KEY: 'x'.repeat(16), API_HOST: '127.0.0.1' })['Keys']).toBe(
      'none but ADMIN_KEY: anyone who reaches 127.0.0.1:8000 may embed',
    );
    expect(textsOf({ RATE_LIMIT_REQUESTS: '0' })['Limit']).toBe('none');
    expect(textsOf({ RATE_LIMIT_REQUESTS: '1', RATE_LIMIT_TOKENS: '5000' })['Limit']).toMatch(/^1 request and 5,000 tokens in 60 s/);
  });

  it('names the prompts of the model, and the provider that computes', () => {
    const prompts = new Prompts({ query: 'q: ', document: 'd: ' }, undefined);
    const texts = textsOf({ EMBEDDING_PROVIDER: 'openai', OPENAI_BASE_URL: 'http://upstream/v1' }, new FakeEmbeddingProvider({ prompts }));
    expect(texts).toMatchObject({ Prompts: 'query, document', Computes: 'http://upstream/v1; memory now: 100 MiB for HTTP' });
  });

  it.each<[Environment, readonly string[]]>([
    [{}, ['EMBEDDING_MODEL', 'EMBEDDING_DTYPE']],
    [{ EMBEDDING_PROVIDER: 'openai', OPENAI_API_KEY: 'k' }, ['OPENAI_MODEL']],
    [{ EMBEDDING_MODELS: './folder' }, ['EMBEDDING_MODELS', 'EMBEDDING_DTYPE']],
    [{ MODELS_FILE: './models.json' }, ['MODELS_FILE']],
  ])('names the settings that change the model: %j', (environment, names) => {
    expect(linesOf(environment).find(({ title }) => title === 'Model')?.settings).toEqual(names);
  });
});
