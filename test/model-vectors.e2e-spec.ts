import type { Pooling } from '../src/config/index.js';
import { computeVectors, type ModelTexts, type ModelVectors } from './support/compute-vectors.js';
import {
  CONFIG,
  idOf,
  poolingFiles,
  POSITIONS,
  safetensors,
  SIZE,
  smallModel,
  TABLE,
  tokenRow,
  type SmallModel,
} from './support/small-model.js';

jest.setTimeout(30_000);

const TEXTS = ['w1', 'w2 w3 w4 w5', 'w6 w7'];
const CLS = 2;
const SEP = 3;

type Vector = readonly number[];

function idsOf(text: string): readonly number[] {
  return [CLS, ...text.split(' ').map(idOf), SEP];
}

function rowsOf(text: string): readonly Vector[] {
  return idsOf(text).map(tokenRow);
}

function unit(vector: Vector): Vector {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function sum(rows: readonly Vector[]): Vector {
  return Array.from({ length: SIZE }, (_, at) => rows.reduce((total, row) => total + (row[at] ?? 0), 0));
}

function scaled(vector: Vector, factor: number): Vector {
  return vector.map((value) => value * factor);
}

function mean(rows: readonly Vector[]): Vector {
  return scaled(sum(rows), 1 / rows.length);
}

function weightedMean(rows: readonly Vector[]): Vector {
  const weights = (rows.length * (rows.length + 1)) / 2;
  return scaled(sum(rows.map((row, index) => scaled(row, index + 1))), 1 / weights);
}

function largest(rows: readonly Vector[]): Vector {
  return Array.from({ length: SIZE }, (_, at) => Math.max(...rows.map((row) => row[at] ?? 0)));
}

interface Asked extends Omit<Partial<ModelTexts>, 'wishes'> {
  readonly wishes?: Partial<ModelTexts['wishes']>;
}

async function tryToCompute(model: SmallModel, { wishes, ...rest }: Asked = {}): Promise<ModelVectors> {
  const [result] = await computeVectors([{ texts: TEXTS, ...rest, wishes: { folder: smallModel(model), ...wishes } }]);
  if (result === undefined) throw new Error('one result per model');
  return result;
}

async function compute(model: SmallModel, asked: Asked = {}): Promise<ModelVectors> {
  const result = await tryToCompute(model, asked);
  expect(result.faults).toBeUndefined();
  return result;
}

/** The unit vectors and their lengths before scaling, for each text alone and in a batch. */
function expectVectors({ vectors, alone, lengths }: ModelVectors, expected: readonly Vector[], digits = 5): void {
  expect(vectors).toHaveLength(expected.length);
  for (const [index, vector] of expected.entries()) {
    for (const given of [vectors[index] ?? [], alone[index] ?? []]) {
      expect(given).toHaveLength(vector.length);
      unit(vector).forEach((value, at) => expect(given[at]).toBeCloseTo(value, digits));
    }
    expect(lengths[index]).toBeCloseTo(Math.hypot(...vector), digits - 1);
  }
}

const MEAN = poolingFiles({ pooling_mode_mean_tokens: true });
const MEANS = TEXTS.map((text) => mean(rowsOf(text)));

const POOLINGS: readonly (readonly [name: Pooling, flag: string, pool: (rows: readonly Vector[]) => Vector])[] = [
  ['cls', 'pooling_mode_cls_token', (rows) => rows[0] ?? []],
  ['mean', 'pooling_mode_mean_tokens', mean],
  ['max', 'pooling_mode_max_tokens', largest],
  ['mean_sqrt_len', 'pooling_mode_mean_sqrt_len_tokens', (rows) => scaled(sum(rows), 1 / Math.sqrt(rows.length))],
  ['weightedmean', 'pooling_mode_weightedmean_tokens', weightedMean],
  ['lasttoken', 'pooling_mode_lasttoken', (rows) => rows.at(-1) ?? []],
];

describe('the pooling', () => {
  it.each(POOLINGS)('follows 1_Pooling/config.json: %s', async (name, flag, pool) => {
    const expected = TEXTS.map((text) => pool(rowsOf(text)));
    expectVectors(await compute({ files: poolingFiles({ [flag]: true }) }), expected);
    expectVectors(await compute({ files: poolingFiles({ pooling_mode: name }) }), expected);
  });

  it.each(POOLINGS)('follows EMBEDDING_POOLING before the files: %s', async (name, _, pool) => {
    const otherFiles = poolingFiles({ pooling_mode: name === 'max' ? 'mean' : 'max' });
    const expected = TEXTS.map((text) => pool(rowsOf(text)));
    expectVectors(await compute({ files: otherFiles }, { wishes: { pooling: name } }), expected);
  });

  it('joins several results in the order of sentence-transformers', async () => {
    const files = poolingFiles({ pooling_mode_mean_tokens: true, pooling_mode_cls_token: true, pooling_mode_max_tokens: true });
    const expected = TEXTS.map(rowsOf).map((rows) => [...(rows[0] ?? []), ...largest(rows), ...mean(rows)]);
    expectVectors(await compute({ files }), expected);
  });

  it('skips the tokens of the prompt if include_prompt is false', async () => {
    const files = poolingFiles({ pooling_mode_mean_tokens: true, include_prompt: false });
    const expected = TEXTS.map((text) => mean(rowsOf(`w9 w8 ${text}`).slice(3)));
    expectVectors(await compute({ files }, { prompt: 'w9 w8 ' }), expected);
    expectVectors(
      await compute({ files: MEAN }, { prompt: 'w9 w8 ' }),
      TEXTS.map((text) => mean(rowsOf(`w9 w8 ${text}`))),
    );
  });

  it('is known for listed models by name, also for conversions', async () => {
    const cls = TEXTS.map((text) => rowsOf(text)[0] ?? []);
    expectVectors(await compute({}, { wishes: { name: 'Xenova/bge-small-en-v1.5' } }), cls);
    expectVectors(await compute({}, { wishes: { name: 'onnx-community/gte-modernbert-base-ONNX' } }), cls);
    expectVectors(await compute({}, { wishes: { name: 'Xenova/gte-small' } }), MEANS);
  });
});

describe('the modules after the pooling', () => {
  const weight = TABLE.slice(0, 3 * SIZE);
  const bias = Float32Array.of(0.5, -0.25, 1);

  function dense(vector: Vector, activate: (value: number) => number, withBias = true): Vector {
    return Array.from(bias, (add, row) => {
      const product = vector.reduce((total, value, at) => total + value * (weight[row * SIZE + at] ?? 0), 0);
      return activate(product + (withBias ? add : 0));
    });
  }

  const tensors = { 'linear.weight': { shape: [3, SIZE], values: weight }, 'linear.bias': { shape: [3], values: bias } };

  it.each([
    ['torch.nn.modules.linear.Identity', (value: number) => value],
    ['torch.nn.modules.activation.Tanh', Math.tanh],
    ['torch.nn.modules.activation.ReLU', (value: number) => Math.max(0, value)],
    ['torch.nn.modules.activation.LeakyReLU', (value: number) => (value < 0 ? value / 100 : value)],
  ])('are computed: Dense with %s', async (activation_function, activate) => {
    const files = {
      ...poolingFiles({ pooling_mode_mean_tokens: true }, 'Dense', 'Normalize'),
      '2_Dense/config.json': { in_features: SIZE, out_features: 3, bias: true, activation_function },
      '2_Dense/model.safetensors': safetensors(tensors),
    };
    const expected = MEANS.map((vector) => unit(dense(vector, activate)));
    expectVectors(await compute({ files }), expected);
  });

  it.each(['F16', 'BF16'] as const)('are computed: Dense with weights in %s', async (format) => {
    const files = {
      ...poolingFiles({ pooling_mode_mean_tokens: true }, 'Dense'),
      '2_Dense/config.json': { in_features: SIZE, out_features: 3, bias: true, activation_function: 'torch.nn.modules.linear.Identity' },
      '2_Dense/model.safetensors': safetensors(tensors, format),
    };
    const expected = MEANS.map((vector) => dense(vector, (value) => value));
    expectVectors(await compute({ files }), expected, format === 'F16' ? 3 : 2);
  });

  it('are computed: Dense with a residual', async () => {
    const square = TABLE.slice(0, SIZE * SIZE);
    const projection = TABLE.slice(SIZE, SIZE + 3 * SIZE);
    const product = (matrix: Float32Array, vector: Vector, rows: number): Vector =>
      Array.from({ length: rows }, (_, row) => vector.reduce((total, value, at) => total + value * (matrix[row * SIZE + at] ?? 0), 0));
    const config = { in_features: SIZE, bias: false, activation_function: 'torch.nn.modules.activation.Tanh', use_residual: true };
    const files = {
      ...poolingFiles({ pooling_mode_mean_tokens: true }, 'Dense', 'Dense'),
      '2_Dense/config.json': { ...config, out_features: SIZE },
      '2_Dense/model.safetensors': safetensors({ 'linear.weight': { shape: [SIZE, SIZE], values: square } }),
      '3_Dense/config.json': { ...config, out_features: 3 },
      '3_Dense/model.safetensors': safetensors({
        'linear.weight': { shape: [3, SIZE], values: weight },
        'residual.weight': { shape: [3, SIZE], values: projection },
      }),
    };
    const expected = MEANS.map((vector) => {
      const first = product(square, vector, SIZE).map((value, at) => Math.tanh(value) + (vector[at] ?? 0));
      const added = product(projection, first, 3);
      return product(weight, first, 3).map((value, at) => Math.tanh(value) + (added[at] ?? 0));
    });
    expectVectors(await compute({ files }), expected);
  });

  it('are followed by the cut that config_sentence_transformers.json asks for', async () => {
    const files = {
      ...poolingFiles({ pooling_mode_mean_tokens: true }, 'Normalize'),
      'config_sentence_transformers.json': { truncate_dim: 5 },
    };
    expectVectors(
      await compute({ files }),
      MEANS.map((vector) => unit(vector).slice(0, 5)),
    );
  });

  it('are computed: two Dense without bias, as EmbeddingGemma has them', async () => {
    const second = TABLE.slice(40, 40 + 5 * 3);
    const files = {
      ...poolingFiles({ pooling_mode_mean_tokens: true }, 'Dense', 'Dense'),
      '2_Dense/config.json': { in_features: SIZE, out_features: 3, bias: false, activation_function: 'torch.nn.modules.linear.Identity' },
      '2_Dense/model.safetensors': safetensors(tensors),
      '3_Dense/config.json': { in_features: 3, out_features: 5, bias: false, activation_function: 'torch.nn.modules.linear.Identity' },
      '3_Dense/model.safetensors': safetensors({ 'linear.weight': { shape: [5, 3], values: second } }),
    };
    const expected = MEANS.map((vector) => {
      const first = dense(vector, (value) => value, false);
      return Array.from({ length: 5 }, (_, row) => first.reduce((total, value, at) => total + value * (second[row * 3 + at] ?? 0), 0));
    });
    expectVectors(await compute({ files }), expected);
  });

  it('are computed: LayerNorm', async () => {
    const [gain, shift] = [TABLE.slice(0, SIZE), TABLE.slice(SIZE, 2 * SIZE)];
    const files = {
      ...poolingFiles({ pooling_mode_mean_tokens: true }, 'LayerNorm'),
      '2_LayerNorm/config.json': { dimension: SIZE },
      '2_LayerNorm/model.safetensors': safetensors({
        'norm.weight': { shape: [SIZE], values: gain },
        'norm.bias': { shape: [SIZE], values: shift },
      }),
    };
    const expected = MEANS.map((vector) => {
      const centre = vector.reduce((total, value) => total + value, 0) / SIZE;
      const variance = vector.reduce((total, value) => total + (value - centre) ** 2, 0) / SIZE;
      return vector.map((value, at) => ((value - centre) / Math.sqrt(variance + 1e-5)) * (gain[at] ?? 0) + (shift[at] ?? 0));
    });
    expectVectors(await compute({ files }), expected);
  });

  it('decide whether the model itself scales its vectors', async () => {
    const { lengths } = await compute({ files: poolingFiles({ pooling_mode_mean_tokens: true }, 'Normalize') });
    expect(lengths).toEqual([1, 1, 1]);
  });
});

describe('the graph', () => {
  it.each([
    ['without token types', ['attention_mask']],
    ['without a mask', ['token_type_ids']],
    ['with the keys and values of earlier tokens', ['attention_mask', 'past_key_values.0.key', 'past_key_values.0.value']],
  ])('is run %s', async (_, inputs) => {
    expectVectors(await compute({ files: MEAN, inputs }), MEANS);
  });

  it.each([
    ['right', 'bert', 0],
    ['left', 'qwen3', 0],
    ['right', 'roberta', 2],
  ])('gets positions for texts that are padded on the %s (%s)', async (side, model_type, offset) => {
    const files = {
      ...MEAN,
      'config.json': { ...CONFIG, model_type, max_position_embeddings: 66 },
      'tokenizer_config.json': { tokenizer_class: 'BertTokenizer', model_max_length: 64, padding_side: side },
    };
    const expected = TEXTS.map((text) =>
      mean(rowsOf(text).map((row, at) => row.map((value, index) => value + (POSITIONS[(at + offset) * SIZE + index] ?? 0)))),
    );
    expectVectors(await compute({ files, inputs: ['attention_mask', 'position_ids'] }), expected);
  });

  it('gives the last token of texts that are padded on the left', async () => {
    const files = {
      ...poolingFiles({ pooling_mode: 'lasttoken' }),
      'tokenizer_config.json': { tokenizer_class: 'BertTokenizer', model_max_length: 64, padding_side: 'left' },
    };
    expectVectors(
      await compute({ files, inputs: ['attention_mask'] }),
      TEXTS.map((text) => rowsOf(text).at(-1) ?? []),
    );
  });

  it('may pool by itself: sentence_embedding is used unchanged', async () => {
    expectVectors(
      await compute({ pooled: true, files: MEAN }),
      TEXTS.map((text) => rowsOf(text)[0] ?? []),
    );
  });

  it('may call its output token_embeddings', async () => {
    expectVectors(await compute({ output: 'token_embeddings', files: MEAN }), MEANS);
  });

  it('may give float16', async () => {
    expectVectors(await compute({ outputType: 'float16', files: MEAN }), MEANS, 3);
    expectVectors(
      await compute({ outputType: 'float16', pooled: true }),
      TEXTS.map((text) => rowsOf(text)[0] ?? []),
      3,
    );
  });

  it('may give bfloat16, alone or with weights in other files', async () => {
    const cls = TEXTS.map((text) => rowsOf(text)[0] ?? []);
    expectVectors(await compute({ outputType: 'bfloat16', files: MEAN }), MEANS, 2);
    expectVectors(await compute({ outputType: 'bfloat16', pooled: true }), cls, 2);
    expectVectors(await compute({ outputType: 'bfloat16', files: MEAN, external: ['model.onnx_data'] }), MEANS, 2);
    expectVectors(await compute({ otherOutput: 'bfloat16', files: MEAN }), MEANS);
  });

  it('may have weights in bfloat16, as far as ONNX Runtime computes with them', async () => {
    expectVectors(await compute({ weightType: 'bfloat16', files: MEAN }), MEANS, 2);
    expectVectors(await compute({ weightType: 'bfloat16', outputType: 'bfloat16', files: MEAN }), MEANS, 2);
    const { faults } = await tryToCompute({ weightType: 'bfloat16', inputs: ['attention_mask', 'position_ids'], files: MEAN });
    expect(faults).toEqual([
      expect.stringMatching(
        /^ONNX Runtime cannot run model\.onnx: Could not find an implementation for Add\(\d+\) .*, which it lacks for this type; export the model as float32$/,
      ),
    ]);
  });

  it.each([['model.onnx_data'], ['weights-1.bin', 'weights-2.bin']])('may have its weights in other files: %s', async (...external) => {
    expectVectors(await compute({ files: MEAN, external }), MEANS);
  });

  it.each([
    ['model.onnx', 'fp32'],
    ['onnx/model_quantized.onnx', 'q8'],
    ['onnx/model_qint8_avx512_vnni.onnx', 'int8'],
    ['onnx/model_quint8_avx2.onnx', 'uint8'],
    ['onnx/model_q4f16.onnx', 'q4f16'],
    ['onnx/model_O4.onnx', 'O4'],
    ['openvino/other.onnx', 'openvino/other.onnx'],
  ])('is found as %s with EMBEDDING_DTYPE=%s', async (onnxFile, dtype) => {
    expectVectors(await compute({ files: MEAN, onnxFile }, { wishes: { dtype } }), MEANS);
  });

  it('that gives vectors of another size than config.json is refused, even if the graph names no size', async () => {
    const pooling = poolingFiles({ pooling_mode: 'mean', word_embedding_dimension: 6 });
    const files = { ...pooling, 'config.json': { ...CONFIG, hidden_size: 6 } };
    const { faults } = await tryToCompute({ files, vagueShapes: true });
    expect(faults).toEqual(['the graph gives last_hidden_state of the shape 1 x 24 x 8, where 1 x 24 x 6 follows from config.json']);
  });
});

describe('the text', () => {
  it('is cut to max_seq_length of sentence_bert_config.json', async () => {
    const files = { ...MEAN, 'sentence_bert_config.json': { max_seq_length: 4 } };
    const { ids } = await compute({ files });
    expect(ids[1]).toEqual([CLS, idOf('w2'), idOf('w3'), SEP]);
  });

  it('keeps its prompt when its start is cut off', async () => {
    const files = { ...MEAN, 'sentence_bert_config.json': { max_seq_length: 5 } };
    const { ids } = await compute({ files }, { prompt: 'w9 ', fit: 'start' });
    expect(ids[1]).toEqual([CLS, idOf('w9'), idOf('w4'), idOf('w5'), SEP]);
  });

  it('is made lower case if sentence_bert_config.json says so', async () => {
    const files = { ...MEAN, 'sentence_bert_config.json': { max_seq_length: 64, do_lower_case: true } };
    const { ids } = await compute({ files }, { texts: ['W1 W2'] });
    expect(ids).toEqual([idsOf('w1 w2')]);
  });
});
