import type { ModelAlias } from '../config/index.js';
import { FakeEmbeddingProvider } from './embedding-provider.fake.js';
import type { Models } from './models.js';
import { modelsOf, startedModel } from './models.fake.js';

function alias(name: string, model?: string): ModelAlias {
  return { alias: name, model };
}

function modelsCalled(names: readonly string[], modelAliases: readonly ModelAlias[] = []): Models {
  return modelsOf(
    names.map((model) => startedModel(new FakeEmbeddingProvider({ model }))),
    { modelAliases },
  );
}

describe('Models', () => {
  it('has the first model as the default', () => {
    const models = modelsCalled(['a/one', 'two']);
    expect([models.find(undefined).name, models.find(null).name]).toEqual(['a/one', 'a/one']);
  });

  it('lists each model by its name and its aliases', () => {
    const models = modelsCalled(['one', 'two'], [alias('x'), alias('one'), alias('y', 'two')]);
    expect(models.all.map(({ listed }) => listed)).toEqual([
      ['one', 'x'],
      ['two', 'y'],
    ]);
  });

  it.each([
    ['all-MiniLM-L6-v2', 'all-MiniLM-L6-v2'],
    ['all-MiniLM-L6-v2', 'sentence-transformers/all-MiniLM-L6-v2'],
    ['Xenova/bge-small-en-v1.5', 'Xenova/bge-small-en-v1.5'],
    ['Xenova/bge-small-en-v1.5', 'bge-small-en-v1.5'],
  ])('finds %s as %s', (model, name) => {
    expect(modelsCalled(['other', model]).find(name).name).toBe(model);
  });

  it('finds a model that was given a name by that name, its aliases and its own name', () => {
    const provider = new FakeEmbeddingProvider({ model: 'hub/own' });
    const models = modelsOf([startedModel(new FakeEmbeddingProvider()), startedModel(provider, { name: 'given', aliases: ['short'] })]);
    expect(['given', 'short', 'hub/own', 'own'].map((name) => models.find(name).name)).toEqual(['given', 'given', 'given', 'given']);
  });

  it('finds a model by the space of its vectors', () => {
    const models = modelsCalled(['one', 'two']);
    expect(models.ofSpace(models.find('two').space.fingerprint)?.name).toBe('two');
    expect(models.ofSpace('another')).toBeUndefined();
  });

  it('gives an alias to the model that the operator says, even if another one has that name elsewhere', () => {
    const models = modelsCalled(['first', 'hub/second'], [alias('second')]);
    expect(models.find('second').name).toBe('first');
  });

  it.each(['', 'all-minilm-l6-v2', 'other/all-MiniLM-L6-v2', 'text-embedding-3-small', '__proto__'])('does not answer to "%s"', (name) => {
    expect(() => modelsCalled(['all-MiniLM-L6-v2']).find(name)).toThrow(/^The model `.*` does not exist here/);
  });

  it('lists the models when it does not have one, and repeats only the beginning of a long name', () => {
    const models = modelsCalled(['m', 'o'], [alias('n')]);
    expect(() => models.find('x'.repeat(5000))).toThrow(
      `The model \`${'x'.repeat(100)}\` does not exist here; this service has \`m\`, \`n\`, \`o\` (MODEL_ALIASES adds names).`,
    );
  });

  it('computes and caches the vectors of each model apart', async () => {
    const providers = ['one', 'two'].map((model) => new FakeEmbeddingProvider({ model }));
    const models = modelsOf(providers.map((provider) => startedModel(provider)));
    expect(new Set(models.all.map(({ space }) => space.fingerprint)).size).toBe(2);
    await models.close();
    expect(providers.map(({ isClosed }) => isClosed)).toEqual([true, true]);
  });

  it.each([
    ['an alias for a model that is not there', [alias('x', 'three')], 'MODEL_ALIASES=x=three is not allowed: there is no model three'],
    ['a name of two models', [alias('two', 'one')], 'The name two is given to two models'],
  ])('stops the start at %s', (_, aliases, fault) => {
    expect(() => modelsCalled(['one', 'two'], aliases)).toThrow(fault);
  });

  it('stops the start at a model that is there twice', () => {
    const started = ['a', 'b'].map((name) => startedModel(new FakeEmbeddingProvider({ model: 'one' }), { name }));
    expect(() => modelsOf(started)).toThrow('The model b is there twice');
  });

  it('stops the start when the operator allows a larger size than every model has', () => {
    const started = [4, 8].map((dimensions) => startedModel(new FakeEmbeddingProvider({ model: `${dimensions}`, dimensions })));
    expect(() => modelsOf(started, { allowedDimensions: [6] })).not.toThrow();
    expect(() => modelsOf(started, { allowedDimensions: [9] })).toThrow('ALLOWED_DIMENSIONS=9 is not allowed: use at most 8, what 8 has');
  });
});
