import type { Embedding } from '../embedding/index.js';
import { CUT, WHOLE, written } from '../embed-api/request/embedding-result.fake.js';
import { ServiceError } from '../errors/index.js';
import { openAiDialect } from './openai.dialect.js';

const error = ServiceError.ofFaults('invalid_request', [{ field: 'input[1]', message: 'must not be empty' }]);

describe('the list of embeddings', () => {
  it('is what OpenAI answers, in the order of the inputs', () => {
    expect(written(openAiDialect, [WHOLE, WHOLE])).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [0.5, -0.5] },
        { object: 'embedding', index: 1, embedding: [0.5, -0.5] },
      ],
      model: 'a "model"',
      usage: { prompt_tokens: 6, total_tokens: 6 },
    });
  });

  it('holds base64 of little-endian float32 if this is requested', () => {
    const vector: Embedding = { vector: Float32Array.of(0, 1), tokens: 8, inputTokens: 8, cached: false };
    const { data } = written(openAiDialect, [vector], { encoding_format: 'base64' }) as { data: { embedding: string }[] };
    const bytes = Buffer.from(data[0]?.embedding ?? '', 'base64');
    expect([bytes.length, bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([8, 0, 1]);
  });

  it('marks a text that was cut', () => {
    const list = written(openAiDialect, [WHOLE, CUT]);
    expect(list).toMatchObject({ data: [{ index: 0 }, { index: 1, truncated: true }], usage: { prompt_tokens: 11 } });
    expect(JSON.stringify(list).match(/truncated/g)).toHaveLength(1);
  });

  it.each([
    ['float', []],
    ['base64', ''],
  ] as const)('holds an error in the place of an input, and as %s a vector that every client can decode', (format, nothing) => {
    expect(written(openAiDialect, [WHOLE, error], { encoding_format: format })).toMatchObject({
      data: [
        { object: 'embedding', index: 0 },
        {
          object: 'error',
          index: 1,
          embedding: nothing,
          error: { message: 'input[1] must not be empty', type: 'invalid_request_error', param: 'input[1]', code: 'invalid_request' },
        },
      ],
      usage: { total_tokens: 3 },
    });
  });
});

describe('a plain body', () => {
  const limits = { maxTextLength: 5 };

  it.each([
    [{ input: 'abc', model: 'm' }, 'openai, float'],
    [{ input: ['abc'], model: 'm', encoding_format: 'base64' }, 'openai, base64'],
  ])('is %j', (body, form) => {
    expect(openAiDialect.plain(body, limits)).toEqual({ body, text: 'abc', model: 'm', form });
  });

  it.each([
    { input: ['abc', 'd'], model: 'm' },
    { input: 'abcdef', model: 'm' },
    { input: '\ud800', model: 'm' },
    { input: [1], model: 'm' },
    { input: 'abc', model: 'm', dimensions: 2 },
    { input: 'abc' },
  ])('is not %j', (body) => {
    expect(openAiDialect.plain(body, limits)).toBeUndefined();
  });
});
