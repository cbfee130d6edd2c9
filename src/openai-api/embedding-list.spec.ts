import { EmbeddingRenderer } from '../embed-api/index.js';
import { StageTimes, type Embedding, type EmbeddingSpace } from '../embedding/index.js';
import { ServiceError } from '../errors/index.js';
import { answerList } from './embedding-list.js';

const whole: Embedding = { vector: Float32Array.of(0.6, -0.8), tokens: 3, inputTokens: 3, cached: true };
const long: Embedding = { vector: Float32Array.of(0, 1), tokens: 8, inputTokens: 9, cached: false };
const error = ServiceError.ofFaults('invalid_request', [{ field: 'input[1]', message: 'must not be empty' }]);

function renderingOf(format: 'float' | 'base64', dimensions = 2): Parameters<typeof answerList>[1] {
  const space = { model: 'a "model"', dimensions, fingerprint: `space of ${dimensions}` } as EmbeddingSpace;
  return { space, format, renderer: new EmbeddingRenderer(100_000), stages: new StageTimes() };
}

describe('the list of embeddings', () => {
  it('is what OpenAI answers, in the order of the inputs', async () => {
    const { body } = await answerList([whole, whole], renderingOf('float'));
    expect(JSON.parse(body)).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [0.6, -0.8] },
        { object: 'embedding', index: 1, embedding: [0.6, -0.8] },
      ],
      model: 'a "model"',
      usage: { prompt_tokens: 6, total_tokens: 6 },
    });
  });

  it('holds base64 of little-endian float32 where that is asked for', async () => {
    const { data } = JSON.parse((await answerList([long], renderingOf('base64'))).body) as { data: { embedding: string }[] };
    const bytes = Buffer.from(data[0]?.embedding ?? '', 'base64');
    expect([bytes.length, bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([8, 0, 1]);
  });

  it('says of a text that it was cut', async () => {
    const { body } = await answerList([whole, long], renderingOf('float'));
    expect(JSON.parse(body)).toMatchObject({ data: [{ index: 0 }, { index: 1, truncated: true }], usage: { prompt_tokens: 11 } });
    expect(body.match(/truncated/g)).toHaveLength(1);
  });

  it.each([
    ['float', []],
    ['base64', ''],
  ] as const)('holds an error in the place of an input, and as %s a vector that every client can decode', async (format, nothing) => {
    const { body } = await answerList([whole, error], renderingOf(format));
    expect(JSON.parse(body)).toMatchObject({
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

  it('counts what was cached; an error was not', async () => {
    const stages = new StageTimes();
    const answer = await answerList([whole, long, error], { ...renderingOf('float'), stages });
    expect(answer).toMatchObject({ texts: 3, cachedTexts: 1, stages, space: 'space of 2' });
    expect(stages.serialize).toBeGreaterThan(0);
  });

  it('cuts vectors to the dimensions of the space that was asked for, and says that space', async () => {
    const rendering = renderingOf('float', 1);
    const answers = [await answerList([whole], rendering), await answerList([whole], rendering)];
    for (const { body, space } of answers) {
      expect([JSON.parse(body), space]).toMatchObject([{ data: [{ embedding: [1] }] }, 'space of 1']);
    }
  });
});
