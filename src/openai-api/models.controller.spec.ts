import { Prompts, type EmbeddingProvider } from '../embedding/index.js';
import { modelsOf, startedModel } from '../embedding/models.fake.js';
import { ModelsController } from './models.controller.js';

const space = { model: 'all-MiniLM-L6-v2', provider: 'local', dimensions: 384, maxTokens: 256, fingerprint: 'the-space' };
const traits = { pooling: 'mean', prompts: new Prompts({ query: 'query: ' }, 'query'), sizes: { smaller: [128], layerNormFirst: false } };
const names = { modelAliases: [{ alias: 'text-embedding-3-small', model: undefined }] };

function controllerOf(more: object = {}): ModelsController {
  const provider = { space, traits: { ...traits, ...more }, state: () => 'loaded' } as unknown as EmbeddingProvider;
  return new ModelsController(modelsOf([startedModel(provider)], names));
}

const controller = controllerOf();

describe('ModelsController', () => {
  it('lists the model by its name and its aliases', () => {
    const [own, alias, ...others] = controller.listModels().data;
    expect(own).toEqual({
      id: 'all-MiniLM-L6-v2',
      object: 'model',
      created: expect.any(Number),
      owned_by: 'local',
      provider: 'local',
      state: 'loaded',
      root: 'all-MiniLM-L6-v2',
      dimensions: 384,
      sizes: [384, 128],
      output_dtypes: ['float', 'binary', 'ubinary'],
      ranges: null,
      max_tokens: 256,
      pooling: 'mean',
      prompts: { query: 'query: ' },
      default_prompt: 'query',
      space: 'the-space',
    });
    expect(alias).toEqual(Object.assign({}, own, { id: 'text-embedding-3-small' }));
    expect(others).toEqual([]);
  });

  it('tells the ranges of whole numbers, with the digits that a float32 needs', () => {
    const ranges = { least: Float32Array.of(-0.1, -1), greatest: Float32Array.of(0.1, 1) };
    expect(controllerOf({ ranges }).listModels().data[0]).toMatchObject({
      output_dtypes: ['float', 'int8', 'uint8', 'binary', 'ubinary'],
      ranges: { least: [-0.1, -1], greatest: [0.1, 1] },
    });
  });

  it('finds it by its hub id too', () => {
    const id = 'sentence-transformers/all-MiniLM-L6-v2';
    expect(controller.readModelByHubId('sentence-transformers', 'all-MiniLM-L6-v2')).toMatchObject({ id, root: 'all-MiniLM-L6-v2' });
  });
});
