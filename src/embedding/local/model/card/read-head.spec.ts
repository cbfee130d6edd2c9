import { cardOf, faultsOf, type SomeOptions } from '../../../../../test/support/describe-small-model.js';
import { poolingFiles, safetensors, SIZE, TABLE, type SmallModel } from '../../../../../test/support/small-model.js';
import { poolingInWords } from './card-summary.js';

const MEAN = { pooling_mode_mean_tokens: true };
const POOLING = poolingFiles(MEAN);

type Files = NonNullable<SmallModel['files']>;

function modules(...types: readonly string[]): Files {
  const list = types.map((type, idx) => ({ idx, name: `${idx}`, path: idx === 0 ? '' : `${idx}_${type.split('.').at(-1)}`, type }));
  return { ...POOLING, 'modules.json': list };
}

function dense(config: object, weights: Buffer | undefined = safetensors({ 'linear.weight': MATRIX })): Files {
  return {
    ...poolingFiles(MEAN, 'Dense'),
    '2_Dense/config.json': {
      in_features: SIZE,
      out_features: 2,
      bias: false,
      activation_function: 'torch.nn.modules.activation.Tanh',
      ...config,
    },
    '2_Dense/model.safetensors': weights,
  };
}

const MATRIX = { shape: [2, SIZE], values: TABLE.slice(0, 2 * SIZE) };

describe('the modules of a model', () => {
  it.each([
    ['sentence_transformers.models.Transformer', 'sentence_transformers.models.Pooling', 'sentence_transformers.models.Normalize'],
    [
      'sentence_transformers.base.modules.transformer.Transformer',
      'sentence_transformers.sentence_transformer.modules.pooling.Pooling',
      'sentence_transformers.base.modules.normalize.Normalize',
    ],
  ])('are known by their old and their new names: %s', async (...types) => {
    expect(poolingInWords(await cardOf({ files: modules(...types) }))).toBe('mean, normalize');
  });

  it('follow each other in the order of the list', async () => {
    const list = POOLING['modules.json'] as readonly object[];
    const files = { ...POOLING, 'modules.json': list.map((module, index) => ({ ...module, idx: 7 - index })) };
    expect(poolingInWords(await cardOf({ files }))).toBe('mean');
  });

  it('may be a Dropout, which does nothing after training', async () => {
    const files = { ...poolingFiles(MEAN, 'Dropout'), '2_Dropout/config.json': { dropout: 0.2 } };
    expect(poolingInWords(await cardOf({ files }))).toBe('mean');
  });

  it.each([
    'WeightedLayerPooling',
    'Router',
    'Asym',
    'StaticEmbedding',
    'CNN',
    'LSTM',
    'BoW',
    'WordEmbeddings',
    'WordWeights',
    'CLIPModel',
    'MLMTransformer',
    'SpladePooling',
    'MultiVectorMask',
  ])('that are not supported are refused by name: %s', async (name) => {
    const type = `sentence_transformers.models.${name}`;
    const expected = `modules.json asks for ${type}, which is not supported; supported are Transformer, Pooling, Dense, LayerNorm, Normalize, Dropout`;
    const first = ['StaticEmbedding', 'BoW', 'WordEmbeddings', 'CLIPModel', 'Asym', 'Router'].includes(name);
    const list = first ? [type] : ['sentence_transformers.models.Transformer', type];
    expect(await faultsOf({ files: modules(...list) })).toEqual([expected]);
  });

  it.each([
    ['Normalize before the Pooling', ['Transformer', 'Normalize', 'Pooling']],
    ['two Poolings', ['Transformer', 'Pooling', 'Pooling']],
    ['Dense before the Pooling', ['Transformer', 'Dense', 'Pooling']],
  ])('must begin with one Pooling: %s', async (_, names) => {
    const files = { ...modules(...names.map((name) => `sentence_transformers.models.${name}`)) };
    const all = {
      ...files,
      '2_Pooling/config.json': MEAN,
      '1_Dense/config.json': { in_features: SIZE, out_features: 2, bias: false },
      '1_Dense/model.safetensors': safetensors({ 'linear.weight': MATRIX }),
    };
    expect(await faultsOf({ files: all })).toEqual(['modules.json must have one Pooling, right after the Transformer']);
  });

  it('may cut the vectors, if the model was saved so', async () => {
    const files = { ...poolingFiles(MEAN, 'Normalize'), 'config_sentence_transformers.json': { truncate_dim: 4 } };
    const card = await cardOf({ files: { ...files, 'config.json': { hidden_size: SIZE, matryoshka_dimensions: [8, 4, 2] } } });
    expect(card).toMatchObject({ dimensions: 4, normalizes: false, sizes: { smaller: [2] } });
    expect(poolingInWords(card)).toBe('mean, normalize, cut to 4');
  });
});

describe('the pooling of a model', () => {
  it.each([
    [{ pooling_mode: 'mean_sqrt_len_tokens' }, 'mean_sqrt_len'],
    [{ pooling_mode: ['mean', 'cls'] }, 'mean + cls'],
    [{ pooling_mode_mean_tokens: true, pooling_mode_cls_token: true }, 'cls + mean'],
    [{ pooling_mode: 'cls', pooling_mode_mean_tokens: true }, 'cls'],
    [{ pooling_mode: 'mean', embedding_dimension: SIZE, word_embedding_dimension: undefined }, 'mean'],
  ])('is read as sentence-transformers reads it: %j', async (config, words) => {
    expect(poolingInWords(await cardOf({ files: poolingFiles(config) }))).toBe(words);
  });
});

describe('a module that cannot be computed as asked', () => {
  it.each<[string, SmallModel, RegExp, SomeOptions?]>([
    ['a pooling', { files: poolingFiles({ pooling_mode: ['mean', 'attention'] }) }, /asks for attention, which is not supported/],
    [
      'a pooling that is no name',
      { files: poolingFiles({ pooling_mode: { cls: true } }) },
      /asks for \{"cls":true\}, which is not supported/,
    ],
    [
      'a field of a pooling',
      { files: poolingFiles({ ...MEAN, token_weights: true }) },
      /^1_Pooling\/config\.json has token_weights, which is not supported; supported are /,
    ],
    [
      'cls without the prompt',
      { files: poolingFiles({ pooling_mode: 'cls', include_prompt: false }) },
      /asks for cls without the prompt, which versions of sentence-transformers compute differently/,
    ],
    [
      'a pooling of another size',
      { files: poolingFiles({ ...MEAN, word_embedding_dimension: 6 }) },
      /^modules\.json has a pooling step for 6 numbers after one that gives 8$/,
    ],
    [
      'an activation',
      { files: dense({ activation_function: 'torch.nn.modules.activation.PReLU' }) },
      /^2_Dense\/config\.json asks for "torch\.nn\.modules\.activation\.PReLU", which is not supported; supported are these of torch\.nn: Identity, Tanh, /,
    ],
    [
      'an activation of another package',
      { files: dense({ activation_function: 'transformers.activations.GELUActivation' }) },
      /^2_Dense\/config\.json asks for "transformers\.activations\.GELUActivation", which is not supported/,
    ],
    [
      'Dense on tokens',
      { files: dense({ module_input_name: 'token_embeddings' }) },
      /^2_Dense\/config\.json has module_input_name "token_embeddings"; supported is sentence_embedding$/,
    ],
    [
      'Dense to another output',
      { files: dense({ module_output_name: 'other' }) },
      /^2_Dense\/config\.json has module_output_name "other"; supported is sentence_embedding$/,
    ],
    ['a field of Dense', { files: dense({ dropout: 0.1 }) }, /^2_Dense\/config\.json has dropout, which is not supported; supported are /],
    [
      'a residual without weights',
      { files: dense({ use_residual: true }) },
      /^2_Dense\/model\.safetensors must hold residual\.weight of the shape 2 x 8, not none$/,
    ],
    [
      'Normalize on tokens',
      { files: { ...modulesWithNormalizeFile(), '2_Normalize/config.json': { module_input_name: 'token_embeddings' } } },
      /^2_Normalize\/config\.json has module_input_name "token_embeddings"; supported is sentence_embedding$/,
    ],
  ])('is refused in one line: %s', async (...[, model, expected, options]) => {
    expect(await faultsOf(model, options)).toEqual([expect.stringMatching(expected)]);
  });
});

function modulesWithNormalizeFile(): Files {
  return modules(...['Transformer', 'Pooling', 'Normalize'].map((name) => `sentence_transformers.models.${name}`));
}
