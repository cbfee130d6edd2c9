import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG, poolingFiles, safetensors, SIZE, smallModel, TABLE, type SmallModel } from '../../../../../test/support/small-model.js';
import { cardOf, faultsOf, NO_OPTIONS, type SomeOptions } from '../../../../../test/support/describe-small-model.js';
import { poolingInWords } from './card-summary.js';
import { describeModel } from './describe-model.js';

const MEAN = poolingFiles({ pooling_mode_mean_tokens: true });

describe('the card of a model', () => {
  it('holds what the files of sentence-transformers say', async () => {
    const card = await cardOf({
      files: {
        ...poolingFiles({ pooling_mode_cls_token: true }, 'Normalize'),
        'sentence_bert_config.json': { max_seq_length: 32, do_lower_case: true },
        'config_sentence_transformers.json': {
          prompts: { query: 'query: ', document: '' },
          default_prompt_name: 'query',
          similarity_fn_name: 'dot',
        },
      },
    });
    expect(card).toMatchObject({
      dimensions: SIZE,
      maxTokens: 32,
      lowerCase: true,
      normalizes: true,
      similarity: 'dot',
      prompts: { query: 'query: ', document: '' },
      defaultPrompt: 'query',
      sizes: { smaller: [], layerNormFirst: false },
    });
    expect(poolingInWords(card)).toBe('cls, normalize');
    expect(card.notes).toEqual([
      { what: 'pooling', from: 'modules.json' },
      { what: 'max tokens', from: 'sentence_bert_config.json' },
      { what: 'prompts', from: 'config_sentence_transformers.json' },
    ]);
  });

  it.each(['hidden_size', 'n_embd', 'dim', 'd_model'])('finds the size under the name %s', async (name) => {
    const files = { ...MEAN, 'config.json': { model_type: 'bert', max_position_embeddings: 64, [name]: SIZE } };
    expect((await cardOf({ files, vagueShapes: true })).dimensions).toBe(SIZE);
  });

  it.each([
    ['bert', 66, 66],
    ['roberta', 66, 64],
    ['xlm-roberta', 66, 64],
    ['mpnet', 66, 64],
  ])('takes the positions of %s for what they are: %i are %i tokens', async (model_type, positions, tokens) => {
    const files = {
      ...MEAN,
      'config.json': { ...CONFIG, model_type, max_position_embeddings: positions },
      'tokenizer_config.json': { model_max_length: 1e30 },
    };
    expect((await cardOf({ files })).maxTokens).toBe(tokens);
  });

  it('never reads more tokens than the model has positions', async () => {
    const files = { ...MEAN, 'sentence_bert_config.json': { max_seq_length: 512 } };
    expect((await cardOf({ files })).maxTokens).toBe(64);
  });

  it('takes from the list of known models what a conversion lacks', async () => {
    const files = { 'config.json': { model_type: 'nomic_bert', n_embd: 768, max_position_embeddings: 8192 } };
    const card = await cardOf({ files, vagueShapes: true }, { name: 'onnx-community/nomic-embed-text-v1.5-ONNX' });
    expect(card).toMatchObject({ maxTokens: 8192, sizes: { smaller: [512, 256, 128, 64], layerNormFirst: true } });
    expect(card.prompts).toMatchObject({ search_query: 'search_query: ', search_document: 'search_document: ' });
    expect(card.notes.map(({ from }) => from)).toEqual(
      expect.arrayContaining(['the list of known models (https://huggingface.co/nomic-ai/nomic-embed-text-v1.5)']),
    );
  });

  it('takes the sizes that config.json declares', async () => {
    const files = { ...MEAN, 'config.json': { ...CONFIG, matryoshka_dimensions: [4, 2] } };
    expect((await cardOf({ files })).sizes.smaller).toEqual([4, 2]);
  });

  it('takes empty prompts for none', async () => {
    const files = { ...MEAN, 'config_sentence_transformers.json': { prompts: { query: '', document: '' }, default_prompt_name: null } };
    expect((await cardOf({ files }, { name: 'BAAI/bge-small-en-v1.5' })).prompts).toEqual({
      query: 'Represent this sentence for searching relevant passages: ',
    });
  });

  it('says what settings override', async () => {
    const card = await cardOf({ files: MEAN }, { pooling: 'max', maxTokens: 8, prompts: { query: 'Q: ' } });
    expect(card.notes).toEqual([
      { what: 'pooling', from: 'EMBEDDING_POOLING' },
      { what: 'max tokens', from: 'EMBEDDING_MAX_TOKENS' },
      { what: 'prompts', from: 'EMBEDDING_PROMPTS' },
    ]);
  });
});

describe('a model that cannot be run right', () => {
  const dense = { in_features: SIZE, out_features: 2, bias: false, activation_function: 'torch.nn.modules.activation.Tanh' };
  const weights = safetensors({ 'linear.weight': { shape: [2, SIZE], values: TABLE.slice(0, 2 * SIZE) } });
  const withDense = (config: object, file: Buffer | undefined = weights) => ({
    ...poolingFiles({ pooling_mode_mean_tokens: true }, 'Dense'),
    '2_Dense/config.json': { ...dense, ...config },
    '2_Dense/model.safetensors': file,
  });
  const module = (type: string) => ({ 'modules.json': [{ idx: 0, name: '0', path: '', type }] });

  it.each<[string, SmallModel, RegExp, SomeOptions?]>([
    ['no pooling', {}, /^modules\.json and 1_Pooling\/config\.json are missing .* set EMBEDDING_POOLING/],
    ['EmbeddingGemma without its Dense', {}, /set EMBEDDING_POOLING/, { name: 'google/embeddinggemma-300m' }],
    ['no config.json', { files: { ...MEAN, 'config.json': undefined } }, /^config\.json is missing$/],
    ['no tokenizer', { files: { ...MEAN, 'tokenizer.json': undefined } }, /^tokenizer\.json is missing$/],
    [
      'no size',
      { files: { ...MEAN, 'config.json': {} }, vagueShapes: true },
      /^config\.json must have one of hidden_size, n_embd, dim, d_model$/,
    ],
    [
      'two sizes',
      { files: { ...MEAN, 'config.json': { hidden_size: 6 } } },
      /^config\.json says hidden_size 6, but last_hidden_state of the graph has 8/,
    ],
    ['JSON that is none', { files: { ...MEAN, 'modules.json': Buffer.from('[') } }, /^modules\.json is no JSON that can be read: /],
    [
      'a module',
      { files: module('custom_st.Transformer') },
      /^modules\.json asks for custom_st\.Transformer, which is not supported; supported are /,
    ],
    [
      'modules without a pooling',
      { files: module('sentence_transformers.models.Transformer') },
      /^modules\.json must have one Pooling, right after the Transformer$/,
    ],
    [
      'a pooling',
      { files: poolingFiles({ pooling_mode_attention: true }) },
      /asks for pooling_mode_attention, which is not supported; supported are cls, mean/,
    ],
    ['no pooling in its file', { files: poolingFiles({}) }, /^1_Pooling\/config\.json names no pooling/],
    [
      'Dense without weights',
      { files: { ...withDense({}), '2_Dense/model.safetensors': undefined } },
      /^2_Dense\/model\.safetensors is missing: pytorch_model\.bin is not read/,
    ],
    ['Dense of another shape', { files: withDense({ out_features: 3 }) }, /must hold linear\.weight of the shape 3 x 8, not 2 x 8/],
    [
      'Dense of another size',
      { files: withDense({}), pooled: false },
      /a dense step for 8 numbers after one that gives 16/,
      { pooling: undefined },
    ],
    ['weights that are cut off', { files: withDense({}, Buffer.alloc(4)) }, /^2_Dense\/model\.safetensors cannot be read/],
    [
      'no graph',
      { files: MEAN, onnxFile: 'onnx/other.onnx' },
      /^onnx\/model\.onnx is missing, which EMBEDDING_DTYPE=fp32 needs \(or model\.onnx\)$/,
    ],
    [
      'an input',
      { files: MEAN, inputs: ['attention_mask', 'task_id'] },
      /^onnx\/model\.onnx asks for task_id, which a text does not give; supported are input_ids/,
    ],
    [
      'an output',
      { files: MEAN, output: '463' },
      /^onnx\/model\.onnx has the outputs 463, none of which can be used here; supported are sentence_embedding, last_hidden_state, token_embeddings$/,
    ],
    [
      'a type of output',
      { files: MEAN, outputType: 'int32' },
      /gives last_hidden_state as int32; supported are float32, float16, bfloat16$/,
    ],
    [
      'a graph that pools the prompt',
      { pooled: true, files: poolingFiles({ pooling_mode_mean_tokens: true, include_prompt: false }) },
      /has the outputs sentence_embedding, none of which can be used here/,
    ],
    [
      'a default prompt',
      { files: { ...MEAN, 'config_sentence_transformers.json': { prompts: { query: 'Q: ' }, default_prompt_name: 'nope' } } },
      /names nope as default_prompt_name, which is none of its prompts \(query\)$/,
    ],
    [
      'too many tokens',
      { files: MEAN },
      /^EMBEDDING_MAX_TOKENS=65 is not allowed: use 3 to 64, the positions that small-model has$/,
      { maxTokens: 65 },
    ],
    [
      'other dimensions',
      { files: MEAN },
      /^EMBEDDING_DIM=9 is not allowed: use 8, what small-model has, or leave it unset$/,
      { dimensions: 9 },
    ],
  ])('is refused in one line: %s', async (...[what, model, expected, options]) => {
    const files =
      what === 'Dense of another size' ? { ...model.files, '1_Pooling/config.json': { pooling_mode: ['mean', 'max'] } } : model.files;
    const faults = await faultsOf(files === undefined ? model : { ...model, files }, options);
    expect(faults).toEqual([expect.stringMatching(expected)]);
    expect(faults[0]).not.toContain('\n');
  });

  it('is refused when a file with weights is missing', async () => {
    const folder = smallModel({ files: MEAN, external: ['model.onnx_data'] });
    rmSync(join(folder, 'onnx/model.onnx_data'));
    expect(await describeModel({ ...NO_OPTIONS, folder })).toEqual({
      faults: ['onnx/model.onnx_data is missing, which holds weights of onnx/model.onnx'],
    });
  });

  it('is refused when its weights are outside its folder', async () => {
    expect(await faultsOf({ files: MEAN, external: ['../../../etc/passwd.bin'] })).toEqual([
      'onnx/model.onnx has weights outside its folder: ../../../etc/passwd.bin',
    ]);
  });

  it('is refused when its graph is none, or is cut off', async () => {
    const folder = smallModel({ files: MEAN });
    writeFileSync(join(folder, 'onnx/model.onnx'), 'no graph');
    expect(await describeModel({ ...NO_OPTIONS, folder })).toEqual({
      faults: [expect.stringMatching(/^onnx\/model\.onnx cannot be read: /)],
    });
  });

  it('names all faults at once', async () => {
    const faults = await faultsOf({ inputs: ['task_id'], files: { ...poolingFiles({}), 'tokenizer.json': undefined } });
    expect(faults).toHaveLength(3);
  });
});
