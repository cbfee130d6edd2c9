import { ServedModels } from '../embed-api/index.js';
import type { EmbeddingProvider } from '../embedding/index.js';
import { ModelsController } from './models.controller.js';

const space = { model: 'all-MiniLM-L6-v2', provider: 'local', dimensions: 384, maxTokens: 256, fingerprint: 'the-space' };
const settings = { allowedDimensions: [], modelAliases: ['text-embedding-3-small'], maxBodyBytes: 0 };
const controller = new ModelsController(new ServedModels({ space } as unknown as EmbeddingProvider, settings));

describe('ModelsController', () => {
  it('lists the model by its name and its aliases', () => {
    const [own, alias, ...others] = controller.list().data;
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

  it('finds it by its hub id too', () => {
    const id = 'sentence-transformers/all-MiniLM-L6-v2';
    expect(controller.findByHubId('sentence-transformers', 'all-MiniLM-L6-v2')).toMatchObject({ id, root: 'all-MiniLM-L6-v2' });
  });
});
