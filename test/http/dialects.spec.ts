import { encode } from 'gpt-tokenizer/encoding/cl100k_base';
import { TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ MODEL_ALIASES: 'all-minilm', RATE_LIMIT_REQUESTS: '0' });
});

afterAll(async () => {
  await app.close();
});

async function vectorOf(text: string): Promise<readonly number[]> {
  return (await app.embed(text)).body.embedding;
}

describe("text-embeddings-inference's dialect", () => {
  it.each(['/', '/embed'])('answers captured bodies at POST %s', async (path) => {
    const [hi, a, b, hello] = [await vectorOf('hi'), await vectorOf('a'), await vectorOf('b'), await vectorOf('hello')];
    const bodies: readonly (readonly [object, unknown])[] = [
      [{ inputs: 'hi' }, [hi]],
      [{ inputs: ['a', 'b'], truncate: true }, [a, b]],
      [{ inputs: 'hello', normalize: true, truncate: true }, [hello]],
      [{ inputs: { source_sentence: 'a', sentences: ['a', 'b'] }, parameters: {} }, [expect.closeTo(1, 5), expect.any(Number)]],
    ];
    for (const [body, expected] of bodies) {
      const answer = await app.post(path, body);
      expect([answer.status, answer.body]).toEqual([200, expected]);
      expect(answer.headers.get('x-cache')).toBe('hit');
    }
  });

  it.each(['/', '/embed'])('has the error shape of its clients at POST %s', async (path) => {
    const wrong = await app.post(path, { inputs: '', normalize: 1 });
    expect([wrong.status, wrong.body]).toEqual([400, { error: 'normalize must be true or false', error_type: 'Validation' }]);
    const empty = await app.post(path, { inputs: ['a', ''] });
    expect([empty.status, empty.body]).toEqual([400, { error: 'inputs[1] must not be empty', error_type: 'Validation' }]);
    const long = await app.post(path, { inputs: 'longer than it reads', truncate: false });
    expect([long.status, long.body]).toMatchObject([400, { error: expect.stringMatching(/^inputs has \d+ tokens/) }]);
  });

  it('cuts off the start on request', async () => {
    const cut = await app.post<readonly (readonly number[])[]>('/', { inputs: 'longer than it reads', truncation_direction: 'Left' });
    const own = await app.post<{ embedding: readonly number[] }>('/embed', { text: 'longer than it reads', truncate: 'start' });
    expect(cut.body).toEqual([own.body.embedding]);
  });

  it('reports its model and limits', async () => {
    const { status, body } = await app.get('/info');
    expect([status, body]).toMatchObject([200, { model_id: 'fake-model', max_input_length: 8, max_client_batch_size: 2048 }]);
  });
});

describe("Ollama's dialect", () => {
  it('answers captured bodies', async () => {
    const [a, b] = [await vectorOf('a'), await vectorOf('b')];
    const options = { mirostat: null, num_ctx: null, temperature: 0.1 };
    const { status, body } = await app.post('/api/embed', { model: 'all-minilm', input: ['a', 'b'], options, keep_alive: '5m' });
    expect([status, body]).toEqual([
      200,
      { model: 'fake-model', embeddings: [a, b], total_duration: expect.any(Number), load_duration: 0, prompt_eval_count: 6 },
    ]);
    expect((await app.post('/api/embeddings', { model: 'all-minilm:latest', prompt: 'a' })).body).toEqual({ embedding: a });
  });

  it('lists models, and reports a version', async () => {
    expect((await app.get('/api/tags')).body).toMatchObject({ models: [{ name: 'fake-model' }, { name: 'all-minilm' }] });
    expect((await app.get('/api/version')).body).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });

  it('has the error shape of its clients', async () => {
    const ask = async (body: object): Promise<readonly unknown[]> => {
      const answer = await app.post('/api/embed', body);
      return [answer.status, answer.body];
    };
    expect(await ask({ model: 'other', input: 'a' })).toMatchObject([404, { error: expect.stringContaining('`other` does not exist') }]);
    expect(await ask({ input: '' })).toEqual([400, { error: 'input must not be empty' }]);
    expect(await ask({ input: 'a', options: { num_ctx: 4 } })).toMatchObject([400, { error: expect.stringContaining('num_ctx') }]);
    expect(await ask({ input: 'a', prompt: 1 })).toMatchObject([400, { error: expect.stringContaining('POST /api/embeddings') }]);
  });
});

describe("Cohere's dialect", () => {
  it('answers captured bodies', async () => {
    const a = await vectorOf('a');
    const body = {
      texts: ['a'],
      model: 'all-minilm',
      input_type: 'search_document',
      embedding_types: ['float', 'ubinary', 'binary', 'base64'],
    };
    const { status, body: answer } = await app.post('/v2/embed', body);
    const bits = bitsOf(a);
    expect([status, answer]).toEqual([
      200,
      {
        id: expect.any(String),
        embeddings: { float: [a], ubinary: [[bits]], binary: [[bits - 128]], base64: [base64Of(a)] },
        texts: ['a'],
        response_type: 'embeddings_by_type',
        meta: { api_version: { version: '2' }, billed_units: { input_tokens: 3 } },
      },
    ]);
    const first = await app.post('/v1/embed', { texts: ['a'], truncate: null });
    expect(first.body).toMatchObject({ embeddings: [a], response_type: 'embeddings_floats' });
  });

  it('has the error shape of its clients, and refuses types without ranges', async () => {
    const ask = async (body: object): Promise<readonly unknown[]> => {
      const answer = await app.post('/v2/embed', body);
      return [answer.status, answer.body];
    };
    expect(await ask({ texts: 'a' })).toMatchObject([400, { message: 'texts must be an array of strings' }]);
    expect(await ask({ texts: ['a'], embedding_types: ['int4'] })).toMatchObject([400, { message: expect.stringContaining('int8') }]);
    expect(await ask({ texts: ['a'], embedding_types: ['int8'] })).toMatchObject([400, { message: expect.stringContaining('ranges') }]);
    expect(await ask({ texts: ['longer than it reads'], truncate: 'NONE' })).toMatchObject([
      400,
      { message: expect.stringContaining('texts[0] has') },
    ]);
  });
});

describe("Voyage's and Jina's fields on /v1/embeddings", () => {
  interface List {
    readonly data: readonly { readonly embedding: unknown }[];
  }

  async function embeddingOf(fields: object): Promise<unknown> {
    const { status, body } = await app.post<List>('/v1/embeddings', { input: ['a'], model: 'all-minilm', ...fields });
    return status === 200 ? body.data[0]?.embedding : body;
  }

  it("takes the bodies that Voyage's client sends", async () => {
    const a = await vectorOf('a');
    const usual = { input_type: 'document', truncation: true, output_dtype: null, output_dimension: null };
    expect(await embeddingOf({ ...usual, encoding_format: 'base64' })).toBe(base64Of(a));
    const bits = bitsOf(a);
    expect(await embeddingOf({ ...usual, output_dtype: 'ubinary', output_dimension: 4 })).toEqual([bits]);
    expect(await embeddingOf({ ...usual, output_dtype: 'ubinary', encoding_format: 'base64' })).toBe(
      Buffer.from([bits]).toString('base64'),
    );
  });

  it("has a detail in errors, which Voyage's client needs", async () => {
    const { body } = await app.post('/v1/embeddings', { input: '', model: 'all-minilm' });
    expect(body).toMatchObject({ error: { message: 'input must not be empty' }, detail: 'input must not be empty' });
  });

  it("takes the bodies that Jina's client sends", async () => {
    const a = await vectorOf('a');
    const usual = { task: 'retrieval.passage', late_chunking: false, truncate: true, normalized: true };
    expect(await embeddingOf({ ...usual, embedding_type: 'float' })).toEqual(a);
    expect(await embeddingOf({ ...usual, embedding_type: 'base64' })).toBe(base64Of(a));
    expect(await embeddingOf({ ...usual, embedding_type: 'binary' })).toEqual([bitsOf(a) - 128]);
  });

  it.each([
    [{ late_chunking: true }, 'late_chunking is not offered; leave it out, or send false'],
    [{ dimensions: 4, output_dimension: 2 }, 'output_dimension must not differ from dimensions, which is another name of it'],
    [
      { output_dtype: 'binary', embedding_type: 'ubinary' },
      'embedding_type must not differ from output_dtype, which is another name of it',
    ],
    [{ output_dtype: 'int8' }, 'output_dtype cannot be int8: the ranges of fake-model were not measured; use float or binary'],
    [{ output_dtype: 'float16' }, 'output_dtype must be one of float, int8, uint8, binary, ubinary'],
    [{ input: ['longer than it reads'], truncation: false }, expect.stringContaining('input[0] has')],
    [{ input: ['longer than it reads'], truncate: false }, expect.stringContaining('input[0] has')],
    [{ truncate: 'middle' }, 'truncate must be one of error, start, end, mean, true, false'],
  ])('refuses %j by name', async (fields, message) => {
    expect(await embeddingOf(fields)).toMatchObject({ error: { message } });
  });
});

describe('a plain request for a text in memory', () => {
  /** Requires nothing, but only the controller looks at it. */
  const BY_CONTROLLER = 'x-require-embedding-space';
  const [text, model] = ['a plain text', 'all-minilm'];

  const BODIES: readonly (readonly [path: string, body: object])[] = [
    ['/api/embed', { model: 'all-minilm:latest', input: [text], options: { temperature: null }, keep_alive: '5m', truncate: true }],
    ['/api/embed', { model, input: text, dimensions: null }],
    ['/api/embeddings', { model, prompt: text, options: {} }],
    ['/v2/embed', { model, texts: [text], input_type: 'search_document', embedding_types: ['float'], truncate: 'END' }],
    ['/v1/embed', { model, texts: [text] }],
    ['/', { inputs: [text], prompt_name: 'query', truncate: true }],
    ['/embed', { inputs: text, normalize: true }],
  ];

  it.each(BODIES)('is answered as by the controller at POST %s: %j', async (path, body) => {
    const space = (await app.embed(text)).headers.get('x-embedding-space') ?? '';
    const plain = await app.post<object>(path, body);
    const full = await app.post<object>(path, body, { [BY_CONTROLLER]: space });
    expect([plain.status, full.status]).toEqual([200, 200]);
    expect(steady(plain.body)).toEqual(steady(full.body));
    expect([...plain.headers.keys()].toSorted()).toEqual([...full.headers.keys()].toSorted());
    expect([plain.headers.get('x-cache'), full.headers.get('x-cache')]).toEqual(['hit', 'hit']);
  });

  it.each([
    ['/api/embed', { model: 'other', input: text }, 404],
    ['/api/embed', { model, input: text, options: { num_ctx: 4 } }, 400],
    ['/api/embed', { model, input: text, options: [] }, 400],
    ['/api/embed', { model, input: text, extra: 1 }, 400],
    ['/api/embed', { model, input: text, truncate: 'yes' }, 400],
    ['/api/embeddings', { model, prompt: [text] }, 400],
    ['/v2/embed', { model, texts: text }, 400],
    ['/v2/embed', { model, texts: [text], input_type: 'nope' }, 400],
    ['/v2/embed', { model, texts: [text], embedding_types: ['int8'] }, 400],
    ['/', { inputs: text, prompt_name: 'nope' }, 400],
    ['/', { inputs: text, truncation_direction: 'Up' }, 400],
  ])('is refused at POST %s if it is invalid: %j', async (path, body, status) => {
    await app.embed(text);
    expect((await app.post(path, body)).status).toBe(status);
  });

  it('has an id of its own in the dialect of Cohere', async () => {
    await app.embed(text);
    const idOf = async (): Promise<string> => (await app.post<{ id: string }>('/v2/embed', { texts: [text] })).body.id;
    expect(await idOf()).not.toBe(await idOf());
  });

  /** The answer without the fields that differ from answer to answer. */
  function steady(answer: object): object {
    return Array.isArray(answer) ? answer : { ...answer, id: undefined, total_duration: undefined };
  }
});

describe('a text of 8,192 token ids', () => {
  /** One token. */
  const [dashes = 0] = encode('-'.repeat(96));
  const body = { input: Array<number>(8192).fill(dashes), model: 'all-minilm' };

  it('is taken though it has more than 100,000 characters, because OpenAI takes it', async () => {
    expect((await app.post('/v1/embeddings', body)).status).toBe(200);
    const { status, body: answer } = await app.post('/v1/embeddings', { ...body, input: [...body.input, dashes] });
    const message = 'input must have at most 8192 token ids, or 100000 characters (MAX_TEXT_LENGTH)';
    expect([status, answer]).toMatchObject([400, { error: { message } }]);
  });

  it('is refused past MAX_TEXT_LENGTH, if that is set', async () => {
    const short = await TestApp.start({ MAX_TEXT_LENGTH: '100000' });
    try {
      const { status, body: answer } = await short.post('/v1/embeddings', { ...body, model: 'fake-model' });
      expect([status, answer]).toMatchObject([400, { error: { message: expect.stringContaining('100000 characters') } }]);
    } finally {
      await short.close();
    }
  });
});

describe('the mean of the windows of a long text', () => {
  const LONG = 'longer than it reads';
  /** The fake reads six characters at a time, without overlap. */
  const WINDOWS = ['longer', ' than ', 'it rea', 'ds'];

  async function expectedMean(): Promise<readonly number[]> {
    const { embeddings } = (await app.embedBatch(WINDOWS)).body;
    const mean = [0, 1, 2, 3].map((at) =>
      WINDOWS.reduce((sum, window, index) => sum + (embeddings[index]?.[at] ?? NaN) * window.length, 0),
    );
    return mean.map((value) => expect.closeTo(value / Math.hypot(...mean), 5) as number);
  }

  it.each([
    ['/embed', { text: LONG }, 'mean', (vector: unknown) => ({ embedding: vector, tokens: 28, truncated: false })],
    ['/embed/batch', { texts: [LONG] }, 'mean', (vector: unknown) => ({ embeddings: [vector], tokens: 28, truncated: [false] })],
    [
      '/v1/embeddings',
      { input: LONG, model: 'all-minilm' },
      'mean',
      (vector: unknown) => ({
        data: [{ object: 'embedding', index: 0, embedding: vector }],
        usage: { prompt_tokens: 28, total_tokens: 28 },
      }),
    ],
    ['/', { inputs: LONG }, 'mean', (vector: unknown) => [vector]],
    ['/embed', { inputs: LONG }, 'mean', (vector: unknown) => [vector]],
    ['/api/embed', { input: LONG }, 'mean', (vector: unknown) => ({ embeddings: [vector], prompt_eval_count: 28 })],
    [
      '/v2/embed',
      { texts: [LONG] },
      'MEAN',
      (vector: unknown) => ({ embeddings: { float: [vector] }, meta: { billed_units: { input_tokens: 28 } } }),
    ],
  ])('is what POST %s answers to %j, computed and cached', async (path, body, truncate, answerOf) => {
    const expected = answerOf(await expectedMean());
    await app.post(path, { ...body, truncate }, { 'cache-control': 'no-cache' });
    const { status, headers, body: answer } = await app.post(path, { ...body, truncate });
    expect([status, headers.get('x-cache')]).toEqual([200, 'hit']);
    expect(answer).toMatchObject(expected);
    const cut = await app.post(path, body);
    expect(cut.body).not.toEqual(answer);
  });

  it('is the vector of a text that fits, from the same entry of the cache', async () => {
    const { embedding } = (await app.embed('fits')).body;
    const { headers, body } = await app.post('/embed', { text: 'fits', truncate: 'mean' });
    expect([headers.get('x-cache'), body]).toEqual(['hit', expect.objectContaining({ embedding, truncated: false })]);
  });

  it('is not asked for together with a refusal', async () => {
    const { status, body } = await app.post('/v1/embeddings', { input: LONG, model: 'all-minilm', truncate: 'mean', truncation: false });
    expect([status, body]).toMatchObject([400, { error: { param: 'truncation' } }]);
  });
});

describe('the native routes', () => {
  it('also take a model, a size and a type', async () => {
    const a = await vectorOf('a');
    const single = await app.post('/embed', { text: 'a', model: 'all-minilm', dimensions: 4, output_dtype: 'ubinary' });
    expect(single.body).toMatchObject({ embedding: [bitsOf(a)], cached: true });
    const many = await app.post('/embed/batch', { texts: ['a'], output_dtype: 'binary' });
    expect(many.body).toMatchObject({ embeddings: [[bitsOf(a) - 128]] });
    expect((await app.post('/embed', { text: 'a', model: 'other' })).status).toBe(404);
    expect((await app.post('/embed', { text: 'a', dimensions: 3 })).status).toBe(400);
  });
});

describe('a caller without a key', () => {
  it.each(['/', '/embed', '/api/embed', '/v2/embed'])('gets a 401 at POST %s in every dialect', async (path) => {
    const closed = await TestApp.start({ API_KEYS: `search:${'a'.repeat(64)}` });
    try {
      expect((await closed.post(path, { inputs: 'a' })).status).toBe(401);
      expect((await closed.get('/')).status).toBe(200);
    } finally {
      await closed.close();
    }
  });
});

function base64Of(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}

function bitsOf(vector: readonly number[]): number {
  return vector.reduce((byte, value, index) => (value > 0 ? byte | (128 >> index) : byte), 0);
}
