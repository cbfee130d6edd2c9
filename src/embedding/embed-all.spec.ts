import type { ServiceError } from '../errors/index.js';
import { embedAll } from './embed-all.js';
import { callerOptions, fakeEmbedding, FakeEmbeddingProvider } from './embedding-provider.fake.js';

const fieldOf = (index: number): string => `texts[${index}]`;

describe('embedAll', () => {
  it.each(['error', 'start', 'end'] as const)('gives the embeddings in the order of the texts, with truncate %s', async (truncate) => {
    const embeddings = await embedAll(new FakeEmbeddingProvider(), ['b', 'a'], callerOptions({ truncate }), fieldOf);
    expect(embeddings).toEqual([fakeEmbedding('b'), fakeEmbedding('a')]);
  });

  it('names each text that is too long, its tokens and the most allowed', async () => {
    const provider = new FakeEmbeddingProvider();
    const asked = embedAll(provider, ['abcdefg', 'a', 'abcdefgh'], callerOptions({ truncate: 'error' }), fieldOf);
    await expect(asked).rejects.toMatchObject({
      code: 'text_too_long',
      message: 'texts[0] has 9 tokens, and at most 8 are allowed (truncate: error) (and 1 more)',
      faults: [
        { field: 'texts[0]', message: 'has 9 tokens, and at most 8 are allowed (truncate: error)' },
        { field: 'texts[2]', message: 'has 10 tokens, and at most 8 are allowed (truncate: error)' },
      ],
    } satisfies Partial<ServiceError>);
  });

  it('drops waiting texts when a text is too long', async () => {
    const provider = new FakeEmbeddingProvider();
    provider.hold('waits for ever');
    const asked = embedAll(provider, ['waits for ever', 'abcdefgh'], callerOptions({ truncate: 'error' }), fieldOf);
    await expect(asked).rejects.toMatchObject({ code: 'text_too_long', faults: [{ field: 'texts[1]' }] });
  });

  it.each(['error', 'end'] as const)('fails with the error of a text, with truncate %s', async (truncate) => {
    const provider = new FakeEmbeddingProvider();
    provider.fail('a');
    await expect(embedAll(provider, ['a', 'b'], callerOptions({ truncate }), fieldOf)).rejects.toMatchObject({ code: 'inference_failed' });
  });

  it('ends when the caller goes away', async () => {
    const provider = new FakeEmbeddingProvider();
    provider.hold('a');
    const controller = new AbortController();
    const asked = embedAll(provider, ['a'], callerOptions({ truncate: 'error', signal: controller.signal }), fieldOf);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ code: 'aborted' });
  });
});
