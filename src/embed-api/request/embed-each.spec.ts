import type { Embedding, EmbeddingProvider, EmbedOptions } from '../../embedding/index.js';
import { ServiceError } from '../../errors/index.js';
import { embedEach } from './embed-each.js';

const OPTIONS = {} as EmbedOptions;

function embeddingOf(text: string): Embedding {
  return { vector: Float32Array.of(text.length), tokens: 1, inputTokens: 1, cached: false };
}

/** Embeds every text but those that have an error. */
function providerWith(errors: Readonly<Record<string, Error>> = {}): EmbeddingProvider {
  const embed = async (text: string): Promise<Embedding> => {
    if (errors[text] !== undefined) throw errors[text];
    return await Promise.resolve(embeddingOf(text));
  };
  return { embed: (texts: readonly string[]) => texts.map(embed) } as unknown as EmbeddingProvider;
}

async function embedNamed(provider: EmbeddingProvider, texts: Parameters<typeof embedEach>[1]): ReturnType<typeof embedEach> {
  const fieldOf = (index: number): string => `input[${index}]`;
  return await embedEach(provider, texts, OPTIONS, fieldOf);
}

describe('embedEach', () => {
  it('returns the fault of an input in its place, and embeds the others', async () => {
    const fault = { field: 'input[1]', message: 'must not be empty' };
    expect(await embedNamed(providerWith(), ['a', fault, 'bcd'])).toEqual([
      embeddingOf('a'),
      ServiceError.ofFaults('invalid_request', [fault]),
      embeddingOf('bcd'),
    ]);
  });

  it('names the right index of a text that is too long, after one that is wrong', async () => {
    const provider = providerWith({ long: new ServiceError('text_too_long', 'has 9 tokens') });
    const outcomes = await embedNamed(provider, [{ field: 'input[0]', message: 'is wrong' }, 'a', 'long']);
    expect(outcomes[2]).toMatchObject({ code: 'text_too_long', message: 'input[2] has 9 tokens' });
  });

  it.each(['inference_failed', 'text_refused'] as const)('lets a text that cannot be computed fail alone: %s', async (code) => {
    const error = new ServiceError(code, 'Not this one.');
    expect(await embedNamed(providerWith({ b: error }), ['a', 'b'])).toEqual([embeddingOf('a'), error]);
  });

  it('does not ask the provider if no input is valid', async () => {
    const provider = { embed: () => [Promise.reject(new Error('asked'))] } as unknown as EmbeddingProvider;
    expect(await embedNamed(provider, [{ field: 'input', message: 'is wrong' }])).toHaveLength(1);
  });

  it.each([new ServiceError('overloaded', 'Full.'), new ServiceError('aborted', 'Gone.'), new Error('a bug')])(
    'fails as a whole with %s, which is no fault of a text',
    async (error) => {
      await expect(embedNamed(providerWith({ b: error }), ['a', 'b'])).rejects.toBe(error);
    },
  );
});
