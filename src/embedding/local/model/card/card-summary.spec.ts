import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cardOf, type SomeOptions } from '../../../../../test/support/describe-small-model.js';
import { CONFIG, poolingFiles, safetensors, SIZE, smallModel, TABLE } from '../../../../../test/support/small-model.js';
import { temporaryFolder } from '../../../../../test/support/temporary-folder.js';
import { spaceOfCard } from './card-summary.js';

const PROMPTS = { prompts: { query: 'query: ', document: '' }, default_prompt_name: 'document' };
/** A model with every kind of file that decides vectors. */
const FOLDER = smallModel({
  external: ['model.onnx_data', 'model.onnx_data_1'],
  files: {
    ...poolingFiles({ pooling_mode_mean_tokens: true, include_prompt: false }, 'Dense', 'LayerNorm', 'Normalize'),
    'config.json': { ...CONFIG, matryoshka_dimensions: [2] },
    '2_Dense/config.json': { in_features: SIZE, out_features: 3, bias: true, activation_function: 'torch.nn.modules.activation.GELU' },
    '2_Dense/model.safetensors': safetensors({
      'linear.weight': { shape: [3, SIZE], values: TABLE.slice(0, 3 * SIZE) },
      'linear.bias': { shape: [3], values: TABLE.slice(0, 3) },
    }),
    '3_LayerNorm/config.json': { dimension: 3 },
    '3_LayerNorm/model.safetensors': safetensors({
      'norm.weight': { shape: [3], values: TABLE.slice(3, 6) },
      'norm.bias': { shape: [3], values: TABLE.slice(6, 9) },
    }),
    'sentence_bert_config.json': { max_seq_length: 32, do_lower_case: false },
    'config_sentence_transformers.json': PROMPTS,
  },
});
const FILES = [
  '1_Pooling/config.json',
  '2_Dense/config.json',
  '2_Dense/model.safetensors',
  '3_LayerNorm/config.json',
  '3_LayerNorm/model.safetensors',
  'config.json',
  'config_sentence_transformers.json',
  'modules.json',
  'onnx/model.onnx',
  'onnx/model.onnx_data',
  'onnx/model.onnx_data_1',
  'sentence_bert_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
];

async function fingerprint(options: SomeOptions = {}): Promise<string> {
  return spaceOfCard(await cardOf({}, { folder: FOLDER, ...options })).fingerprint;
}

/** Another folder with the same files. */
function copied(): string {
  const folder = join(temporaryFolder(), 'copy');
  cpSync(FOLDER, folder, { recursive: true });
  return folder;
}

/** Changes weights in one place, and JSON in a way that only its bytes show. */
function change(path: string): void {
  const bytes = readFileSync(path);
  const at = bytes.length - 5;
  if (!path.endsWith('.json')) bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, path.endsWith('.json') ? Buffer.concat([bytes, Buffer.from('\n')]) : bytes);
}

describe('the fingerprint of a space', () => {
  it('covers every file that was read', async () => {
    const { files } = await cardOf({}, { folder: FOLDER });
    expect(files.map(({ name }) => name)).toEqual(FILES);
  });

  it('is the same for the same files in another folder', async () => {
    expect(await fingerprint({ folder: copied() })).toBe(await fingerprint());
  });

  it.each(FILES.filter((name) => name !== 'onnx/model.onnx'))('is another one when %s is replaced', async (name) => {
    const folder = copied();
    change(join(folder, name));
    expect(await fingerprint({ folder })).not.toBe(await fingerprint());
  });

  it('is another one when the graph is replaced', async () => {
    const folder = copied();
    cpSync(join(smallModel({ inputs: ['attention_mask'] }), 'onnx/model.onnx'), join(folder, 'onnx/model.onnx'));
    expect(await fingerprint({ folder })).not.toBe(await fingerprint());
  });

  it.each<[string, SomeOptions]>([
    ['another pooling', { pooling: 'max' }],
    ['another prompt', { prompts: { query: 'Q: ' } }],
    ['no prompts', { prompts: {} }],
    ['fewer tokens', { maxTokens: 8 }],
    ['another revision', { revision: 'abc' }],
    ['another name', { name: 'other' }],
    ['another file with weights', { dtype: 'onnx/model.onnx' }],
  ])('is another one with %s', async (_, options) => {
    expect(await fingerprint(options)).not.toBe(await fingerprint());
  });
});
