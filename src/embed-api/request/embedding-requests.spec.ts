import { StageTimes, type EmbedOptions } from '../../embedding/index.js';
import { FakeEmbeddingProvider, callerOptions } from '../../embedding/embedding-provider.fake.js';
import { ServiceError } from '../../errors/index.js';
import { embedBatchDialect } from '../embed.dialect.js';
import { EmbedBatchRequest } from '../embed.dto.js';
import { CUT, WHOLE } from './embedding-result.fake.js';
import { embeddingRequestsOf } from './embedding-requests.fake.js';

const provider = new FakeEmbeddingProvider();
const requests = embeddingRequestsOf(provider, { maxQueuedTexts: 3 });

function bodyOf(texts: readonly string[]): EmbedBatchRequest {
  return Object.assign(new EmbedBatchRequest({ maxTextLength: 10 }), { texts });
}

function callerOf(requiredSpace?: string, options: Partial<EmbedOptions> = {}): Parameters<typeof requests.answer>[2] {
  return {
    requiredSpace,
    asksFor: () => undefined,
    reading: ({ truncate, inputType }) => callerOptions({ ...options, truncate: truncate ?? 'end', inputType: inputType ?? undefined }),
  };
}

describe('an answer', () => {
  it('has the vectors of the texts, and the space', async () => {
    const { body, ...facts } = await requests.answer(embedBatchDialect, bodyOf(['a', 'b']), callerOf());
    expect(JSON.parse(body)).toMatchObject({ count: 2, model: 'fake-model' });
    expect(facts).toMatchObject({ texts: 2, cachedTexts: 0, tokens: 6, space: provider.space.fingerprint });
  });

  it('lists the cached texts if only some are cached', async () => {
    const read = await requests.check(embedBatchDialect, { texts: ['a', 'b', 'c'] });
    const answerOf = async (outcomes: Parameters<typeof requests.write>[1]) => await requests.write(read, outcomes, new StageTimes());
    expect(await answerOf([CUT, WHOLE, WHOLE])).toMatchObject({ texts: 3, cachedTexts: 2, cachedIndexes: [1, 2], tokens: 14 });
    expect((await answerOf([WHOLE, WHOLE])).cachedIndexes).toBeUndefined();
    expect((await answerOf([CUT])).cachedIndexes).toBeUndefined();
    expect(await answerOf([WHOLE, new ServiceError('text_refused', 'No.')])).toMatchObject({
      texts: 2,
      cachedTexts: 1,
      cachedIndexes: [0],
    });
  });

  it('reports how long writing took', async () => {
    const stages = new StageTimes();
    await requests.answer(embedBatchDialect, bodyOf(['a']), callerOf(undefined, { stages }));
    expect(stages.serialize).toBeGreaterThan(0);
  });
});

describe('a request is refused', () => {
  it('when it requires another space', async () => {
    const ask = requests.answer(embedBatchDialect, bodyOf(['a']), callerOf('another'));
    await expect(ask).rejects.toMatchObject({ code: 'conflict_space' });
  });

  it('when its texts can never fit into the queue together', async () => {
    const ask = requests.answer(embedBatchDialect, bodyOf(['a', 'b', 'c', 'd']), callerOf());
    await expect(ask).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'texts must hold at most 3 texts (MAX_QUEUED_TEXTS), not 4',
    });
  });

  it('when its body is not valid, with every fault', async () => {
    const ask = requests.check(embedBatchDialect, { texts: ['a', ''], extra: 1 });
    await expect(ask).rejects.toMatchObject({ faults: [{ field: 'extra' }, { field: 'texts[1]' }] });
  });

  it('when it has no model or size that is served', async () => {
    const asking = (more: object) => ({ ...embedBatchDialect, read: () => ({ texts: ['a'], fieldOf: () => 'text', ...more }) });
    await expect(requests.check(asking({ model: 'other' }), { texts: ['a'] })).rejects.toMatchObject({ code: 'model_not_found' });
    await expect(requests.check(asking({ dimensions: 3 }), { texts: ['a'] })).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await requests.check(asking({ model: null, dimensions: null }), { texts: ['a'] })).toMatchObject({ space: provider.space });
  });
});
