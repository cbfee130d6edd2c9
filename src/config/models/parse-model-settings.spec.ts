import { faultsOf, parse } from '../machine.fake.js';

describe('EMBEDDING_MODELS', () => {
  it('names models of this machine and of OpenAI; the first is the default', () => {
    const { models, embedding } = parse({
      EMBEDDING_MODELS: 'all-MiniLM-L6-v2, BAAI/bge-small-en-v1.5@main,openai:text-embedding-3-small',
      EMBEDDING_DTYPE: 'int8',
      OPENAI_API_KEY: 'k',
    });
    expect(models).toMatchObject([
      { provider: 'local', model: 'all-MiniLM-L6-v2', dtype: 'int8' },
      { provider: 'local', model: 'BAAI/bge-small-en-v1.5@main', dtype: 'int8' },
      { provider: 'openai', model: 'text-embedding-3-small', apiKey: 'k' },
    ]);
    expect(embedding).toBe(models[0]);
  });

  it('may name one model, which has the settings of one', () => {
    expect(parse({ EMBEDDING_MODELS: './my-model', EMBEDDING_DIM: '384' }).models).toMatchObject([{ model: './my-model', dimensions: 384 }]);
  });

  it('compares the vectors of EMBEDDING_CHECK with those of the first model', () => {
    const { models } = parse({ EMBEDDING_MODELS: 'all-MiniLM-L6-v2,./my-model', EMBEDDING_CHECK: 'vectors.jsonl' });
    expect(models.map(({ check }) => check.path)).toEqual(['vectors.jsonl', undefined]);
  });

  it('goes with the settings of a copy of .env.example', () => {
    const usual = { EMBEDDING_MODEL: 'all-MiniLM-L6-v2', EMBEDDING_PROVIDER: 'local', OPENAI_MODEL: 'text-embedding-3-small' };
    expect(parse({ ...usual, EMBEDDING_MODELS: './my-model' }).models).toMatchObject([{ model: './my-model' }]);
  });

  it.each([
    [{ EMBEDDING_MODEL: './my-model' }, 'EMBEDDING_MODEL cannot be used with EMBEDDING_MODELS, which names all models: leave one of them out'],
    [{ OPENAI_MODEL: 'x' }, 'OPENAI_MODEL cannot be used with EMBEDDING_MODELS, which names all models: leave one of them out'],
    [{ MODELS_FILE: './models.json', OTHER_KEY: 'k' }, 'MODELS_FILE cannot be used with EMBEDDING_MODELS, which names all models: leave one of them out'],
    [{ EMBEDDING_DIM: '8' }, 'EMBEDDING_DIM cannot be used with several models: set dimensions of the model that you mean in MODELS_FILE'],
    [{ OPENAI_PRICE: '8' }, 'OPENAI_PRICE cannot be used with several models: set provider.price of the model that you mean in MODELS_FILE'],
  ])('is refused beside %j', (others, fault) => {
    expect(faultsOf({ EMBEDDING_MODELS: 'all-MiniLM-L6-v2,owner/name', ...others })).toEqual([fault]);
  });

  it('asks for a key where one of them is at OpenAI', () => {
    expect(faultsOf({ EMBEDDING_MODELS: 'all-MiniLM-L6-v2,openai:x' })).toEqual([expect.stringMatching(/^OPENAI_API_KEY is missing/)]);
    expect(faultsOf({ EMBEDDING_MODELS: 'openai:' })).toEqual([expect.stringMatching(/^EMBEDDING_MODELS=openai: is not allowed/)]);
  });
});

describe('MODELS_FILE', () => {
  it('gives each model a file of vectors to compare with, and the first that of EMBEDDING_CHECK if it names none', () => {
    const checksOf = (first: object) => {
      const models = [{ source: 'all-MiniLM-L6-v2', ...first }, { source: './my-model', check: 'b.jsonl' }, { source: 'owner/name' }];
      const files = { './a.json': JSON.stringify({ models }) };
      return parse({ MODELS_FILE: './a.json', EMBEDDING_CHECK: 'vectors.jsonl' }, files).models.map(({ check }) => check);
    };
    expect(checksOf({})).toMatchObject([
      { path: 'vectors.jsonl', leastCosine: 0.999, names: { path: 'EMBEDDING_CHECK' } },
      { path: 'b.jsonl', leastCosine: 0.999, names: { path: 'MODELS_FILE=./a.json: models[1].check', leastCosine: 'EMBEDDING_CHECK_COSINE' } },
      { path: undefined },
    ]);
    expect(checksOf({ check: 'a.jsonl', check_cosine: 0.98 })[0]).toEqual({
      path: 'a.jsonl',
      leastCosine: 0.98,
      names: { path: 'MODELS_FILE=./a.json: models[0].check', leastCosine: 'models[0].check_cosine' },
    });
  });

  it('gives each model settings of its own, and those of the environment where it says nothing', () => {
    const { models } = parse({ MODELS_FILE: './models.json', OTHER_KEY: 'the-key', OPENAI_API_KEY: 'not-for-others', BATCH_SIZE: '4' });
    expect(models).toMatchObject([
      { model: 'all-MiniLM-L6-v2', aliases: ['small'], weight: 3, load: 'first-use', keepLoadedMinutes: 5, batchSize: 4, dtype: 'auto' },
      { name: 'bge', model: 'BAAI/bge-small-en-v1.5@main', dtype: 'int8', pooling: 'cls', prompts: { query: 'q: ' }, maxTokens: 128 },
      {
        name: 'other',
        provider: 'openai',
        model: 'tiny',
        dimensions: 8,
        baseUrl: 'http://host:8001/v1',
        apiKey: 'the-key',
        dollarsPerMillionTokens: 0.5,
        concurrency: 2,
        timeoutMs: 1000,
        maxRetries: 3,
      },
    ]);
  });

  it('gives only the models whose names stand behind the path, in that order', () => {
    const chosen = (setting: string) => parse({ MODELS_FILE: setting, OTHER_KEY: 'k' }).models.map(({ model }) => model);
    expect(chosen('./models.json#bge,small')).toEqual(['BAAI/bge-small-en-v1.5@main', 'all-MiniLM-L6-v2']);
    expect(faultsOf({ MODELS_FILE: './models.json#bge,nope', OTHER_KEY: 'k' })).toEqual([
      'MODELS_FILE=./models.json#bge,nope is not allowed: no model of ./models.json has the name nope',
    ]);
  });

  it('reads the key of an upstream from a file too, as other secrets', () => {
    const models = [{ source: 'openai:tiny', provider: { base_url: 'http://other/v1', key_variable: 'OTHER_KEY' } }];
    const files = { './a.json': JSON.stringify({ models }), '/run/secrets/other': 'the-key\n' };
    expect(parse({ MODELS_FILE: './a.json', OTHER_KEY_FILE: '/run/secrets/other' }, files).embedding).toMatchObject({ apiKey: 'the-key' });
  });

  it('sends the key of OPENAI_API_KEY only to OPENAI_BASE_URL', () => {
    const files = (baseUrl: string) => ({ models: [{ source: 'openai:tiny', provider: { base_url: baseUrl } }] });
    const keyFor = (baseUrl: string) =>
      parse({ MODELS_FILE: './a.json', OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://own/v1' }, { './a.json': JSON.stringify(files(baseUrl)) })
        .embedding;
    expect([keyFor('http://own/v1/'), keyFor('http://other/v1')]).toMatchObject([{ apiKey: 'k' }, { apiKey: undefined }]);
  });

  it('is refused with all its faults, each with its place', () => {
    const place = 'MODELS_FILE=./wrong-models.json: models';
    expect(faultsOf({ MODELS_FILE: './wrong-models.json', OPENAI_API_KEY: 'k' })).toEqual([
      expect.stringContaining(`${place}[0].source is not allowed: use a bundled model`),
      `${place}[0].weight is not allowed: use a whole number from 1 to 1000`,
      expect.stringContaining(`${place}[0].extra is not known; known are name, source, `),
      `${place}[1].dtype cannot be used with an openai: model`,
      `${place}[1].provider.concurrency is not allowed: use a whole number from 1 to 256 calls`,
      `${place}[1].provider.key_variable names NOT_SET, which is not set, or whose file cannot be read`,
      `${place}[2].name is not allowed: use a name of letters, digits and . _ - : / @`,
      `${place}[2] needs a source: a model of this machine, or openai:MODEL`,
      `${place}[3].provider cannot be used with a model of this machine`,
      `${place}[4] must be an object`,
    ]);
  });

  it.each([
    ['./missing.json', 'MODELS_FILE=./missing.json cannot be read'],
    ['./no-keys', 'MODELS_FILE=./no-keys is not JSON'],
    ['./no-models.json', 'MODELS_FILE=./no-models.json must be an object with `models`'],
  ])('stops the start as %s', (path, fault) => {
    expect(faultsOf({ MODELS_FILE: path })).toEqual([expect.stringContaining(fault)]);
  });

  it('is refused beside EMBEDDING_MODEL', () => {
    expect(faultsOf({ MODELS_FILE: './models.json', OTHER_KEY: 'k', EMBEDDING_MODEL: './my-model' })).toEqual([
      'EMBEDDING_MODEL cannot be used with MODELS_FILE, which names all models: leave one of them out',
    ]);
  });
});
