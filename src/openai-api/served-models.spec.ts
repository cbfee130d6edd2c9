import type { EmbeddingProvider } from '../embedding/index.js';
import { ServedModels } from './served-models.js';

function modelsOf(model: string, modelAliases: readonly string[] = []): ServedModels {
  const space = { model, provider: 'local', dimensions: 384, maxTokens: 256, fingerprint: 'the-space' };
  return new ServedModels({ space } as unknown as EmbeddingProvider, { allowedDimensions: [], modelAliases, maxBodyBytes: 0 });
}

describe('ServedModels', () => {
  it('lists the model by its name and its aliases', () => {
    const [own, alias, ...others] = modelsOf('all-MiniLM-L6-v2', ['text-embedding-3-small']).list();
    expect(own).toEqual({
      id: 'all-MiniLM-L6-v2',
      object: 'model',
      created: expect.any(Number),
      owned_by: 'local',
      root: 'all-MiniLM-L6-v2',
      dimensions: 384,
      max_tokens: 256,
      space: 'the-space',
    });
    expect(alias).toEqual(Object.assign({}, own, { id: 'text-embedding-3-small' }));
    expect(others).toEqual([]);
  });

  it.each([
    ['all-MiniLM-L6-v2', 'all-MiniLM-L6-v2'],
    ['all-MiniLM-L6-v2', 'sentence-transformers/all-MiniLM-L6-v2'],
    ['Xenova/bge-small-en-v1.5', 'Xenova/bge-small-en-v1.5'],
    ['Xenova/bge-small-en-v1.5', 'bge-small-en-v1.5'],
  ])('finds %s as %s', (model, name) => {
    expect(modelsOf(model).find(name)).toMatchObject({ id: name, root: model });
  });

  it.each(['', 'all-minilm-l6-v2', 'other/all-MiniLM-L6-v2', 'text-embedding-3-small', '__proto__'])('does not answer to "%s"', (name) => {
    expect(() => modelsOf('all-MiniLM-L6-v2').check(name)).toThrow(/^The model `.*` does not exist here/);
  });

  it('says what there is, and repeats no more of a name than anybody reads', () => {
    expect(() => modelsOf('m', ['n']).check('x'.repeat(5000))).toThrow(
      `The model \`${'x'.repeat(100)}\` does not exist here; this service has \`m\`, \`n\` (MODEL_ALIASES adds names).`,
    );
  });
});
