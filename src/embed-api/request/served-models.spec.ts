import type { EmbeddingProvider } from '../../embedding/index.js';
import { ServedModels } from './served-models.js';

function modelsOf(model: string, modelAliases: readonly string[] = []): ServedModels {
  const space = { model, provider: 'local', dimensions: 384, maxTokens: 256, fingerprint: 'the-space' };
  return new ServedModels({ space } as unknown as EmbeddingProvider, { allowedDimensions: [], modelAliases, maxBodyBytes: 0 });
}

describe('ServedModels', () => {
  it('lists the model by its name and its aliases', () => {
    expect(modelsOf('all-MiniLM-L6-v2', ['text-embedding-3-small', 'all-MiniLM-L6-v2']).listed).toEqual([
      'all-MiniLM-L6-v2',
      'text-embedding-3-small',
    ]);
  });

  it.each([
    ['all-MiniLM-L6-v2', 'all-MiniLM-L6-v2'],
    ['all-MiniLM-L6-v2', 'sentence-transformers/all-MiniLM-L6-v2'],
    ['Xenova/bge-small-en-v1.5', 'Xenova/bge-small-en-v1.5'],
    ['Xenova/bge-small-en-v1.5', 'bge-small-en-v1.5'],
  ])('finds %s as %s', (model, name) => {
    expect(modelsOf(model).has(name)).toBe(true);
  });

  it.each(['', 'all-minilm-l6-v2', 'other/all-MiniLM-L6-v2', 'text-embedding-3-small', '__proto__'])('does not answer to "%s"', (name) => {
    expect(() => modelsOf('all-MiniLM-L6-v2').check(name)).toThrow(/^The model `.*` does not exist here/);
  });

  it('lists the models, and repeats only the beginning of a long name', () => {
    expect(() => modelsOf('m', ['n']).check('x'.repeat(5000))).toThrow(
      `The model \`${'x'.repeat(100)}\` does not exist here; this service has \`m\`, \`n\` (MODEL_ALIASES adds names).`,
    );
  });
});
