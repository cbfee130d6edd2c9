import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bytesOf, ONNX_TYPE, onnxModel, type OnnxType, type WrittenGraph, type WrittenNode, type WrittenValue } from './onnx-writer.js';
import { randomNumbers } from './random-numbers.js';
import { temporaryFolder } from './temporary-folder.js';

/** Numbers of a token's vector. */
export const SIZE = 8;
const VOCABULARY = 256;
const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
/** One token each. */
const WORDS = Array.from({ length: VOCABULARY - SPECIAL.length }, (_, index) => `w${index}`);

/** Vectors of tokens, by their ids. */
export const TABLE = Float32Array.from({ length: VOCABULARY * SIZE }, seeded(7));
/** Added to the vector of a token that stands at this position, where a model takes positions. */
export const POSITIONS = Float32Array.from({ length: VOCABULARY * SIZE }, seeded(11));

/** Changes the vectors of tokens, where a model multiplies them with it. */
const MATRIX = Float32Array.from({ length: SIZE * SIZE }, seeded(13));

export function idOf(word: string): number {
  return SPECIAL.length + WORDS.indexOf(word);
}

export function tokenRow(id: number): readonly number[] {
  return [...TABLE.subarray(id * SIZE, (id + 1) * SIZE)];
}

export interface SmallModel {
  /** Names of inputs beside input_ids; by default those of BERT. */
  readonly inputs?: readonly string[];
  readonly output?: string;
  readonly outputType?: OnnxType;
  /** Its tables are of this type, and what it does before the output. */
  readonly weightType?: 'bfloat16';
  /** A further output of this type. */
  readonly otherOutput?: OnnxType;
  /** The output is the vector of the first token, as of a graph that pools by itself. */
  readonly pooled?: boolean;
  /** The vectors of tokens are multiplied with MATRIX. */
  readonly multiplied?: boolean;
  /** The graph does not say how many numbers its vectors have. */
  readonly vagueShapes?: boolean;
  /** The weights are in files of these names beside the graph, one each. */
  readonly external?: readonly string[];
  readonly onnxFile?: string;
  /** Files of the folder besides those of every model; undefined = leaves one of those out. */
  readonly files?: Readonly<Record<string, object | Buffer | undefined>>;
}

/** Makes a folder with a model whose token vectors depend only on the tokens, so that the expected pooled vector can be computed. */
export function smallModel(model: SmallModel = {}, folder = join(temporaryFolder(), 'small-model')): string {
  const { onnxFile = 'onnx/model.onnx', external = [], files = {} } = model;
  const graph = graphOf(model);
  external.forEach((name, index) =>
    write(folder, join(dirname(onnxFile), name), bytesOf(graph.weights[index]?.values ?? new Float32Array())),
  );
  write(folder, onnxFile, onnxModel(graph));
  const all = { 'config.json': CONFIG, 'tokenizer.json': tokenizer(), 'tokenizer_config.json': TOKENIZER_CONFIG, ...files };
  for (const [name, content] of Object.entries(all)) {
    if (content !== undefined) write(folder, name, Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content)));
  }
  return folder;
}

export const CONFIG = { model_type: 'bert', hidden_size: SIZE, max_position_embeddings: 64 };
const TOKENIZER_CONFIG = { tokenizer_class: 'BertTokenizer', model_max_length: 64, pad_token: '[PAD]', unk_token: '[UNK]' };

/** The files of a sentence-transformers model with this pooling and these modules after it. */
export function poolingFiles(pooling: object, ...further: readonly string[]): Record<string, object> {
  const types = ['Transformer', 'Pooling', ...further];
  const modules = types.map((type, idx) => ({
    idx,
    name: String(idx),
    path: idx === 0 || type === 'Normalize' ? '' : `${idx}_${type}`,
    type: `sentence_transformers.models.${type}`,
  }));
  return { 'modules.json': modules, '1_Pooling/config.json': { word_embedding_dimension: SIZE, ...pooling } };
}

/** A safetensors file of these tensors, in this format. */
export function safetensors(
  tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>>,
  dtype: 'F32' | 'F16' | 'BF16' = 'F32',
): Buffer {
  let offset = 0;
  const header: Record<string, object> = { __metadata__: { format: 'pt' } };
  const parts: Buffer[] = [];
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const bytes = dtype === 'F32' ? bytesOf(values) : bytesOf(Uint16Array.from(values, dtype === 'F16' ? halfOf : brainOf));
    header[name] = { dtype, shape, data_offsets: [offset, (offset += bytes.length)] };
    parts.push(bytes);
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...parts]);
}

/** The bits of a number in IEEE 754 half precision, cut off: for numbers that are ordinary there. */
function halfOf(value: number): number {
  const bits = bitsOf(value);
  return ((bits >>> 16) & 0x8000) | ((((bits >>> 23) & 0xff) - 112) << 10) | ((bits >>> 13) & 0x3ff);
}

/** The upper half of a float32. */
function brainOf(value: number): number {
  return bitsOf(value) >>> 16;
}

function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
}

function graphOf({
  inputs = ['attention_mask', 'token_type_ids'],
  output,
  outputType = 'float',
  weightType,
  otherOutput,
  pooled = false,
  multiplied = false,
  external = [],
  vagueShapes = false,
}: SmallModel): WrittenGraph {
  const name = output ?? (pooled ? 'sentence_embedding' : 'last_hidden_state');
  const last = vagueShapes ? 'size' : SIZE;
  const hasPositions = inputs.includes('position_ids');
  const steps: readonly (Omit<WrittenNode, 'outputs'> | undefined)[] = [
    { op: 'Gather', inputs: ['table', 'input_ids'] },
    hasPositions ? { op: 'Add', inputs: ['', 'places'] } : undefined,
    multiplied ? { op: 'MatMul', inputs: ['', 'matrix'] } : undefined,
    pooled ? { op: 'Gather', inputs: ['', 'first'], attributes: { axis: 1 } } : undefined,
    { op: 'Cast', inputs: [''], attributes: { to: ONNX_TYPE[outputType] } },
  ];
  const used = steps.filter((step) => step !== undefined);
  const chain = used.map((step, index): WrittenNode => ({
    ...step,
    inputs: step.inputs.map((input) => (input === '' ? `step${index - 1}` : input)),
    outputs: [index === used.length - 1 ? name : `step${index}`],
  }));
  const places: WrittenNode[] = hasPositions ? [{ op: 'Gather', inputs: ['positions', 'position_ids'], outputs: ['places'] }] : [];
  const other: WrittenNode[] =
    otherOutput === undefined ? [] : [{ op: 'Cast', inputs: ['table'], outputs: ['other'], attributes: { to: ONNX_TYPE[otherOutput] } }];
  const ofType = (values: Float32Array): Float32Array | Uint16Array =>
    weightType === undefined ? values : Uint16Array.from(values, brainOf);
  const location = (index: number): { location?: string } => (external[index] === undefined ? {} : { location: external[index] });
  return {
    inputs: ['input_ids', ...inputs].map(inputOf),
    outputs: [
      { name, type: outputType, shape: pooled ? ['batch', last] : ['batch', 'rows', last] },
      ...(otherOutput === undefined ? [] : [{ name: 'other', type: otherOutput, shape: [VOCABULARY, SIZE] }]),
    ],
    nodes: [...places, ...chain, ...other],
    weights: [
      { name: 'table', shape: [VOCABULARY, SIZE], values: ofType(TABLE), ...location(0) },
      { name: 'positions', shape: [VOCABULARY, SIZE], values: ofType(POSITIONS), ...location(1) },
      { name: 'matrix', shape: [SIZE, SIZE], values: ofType(MATRIX) },
      { name: 'first', shape: [], values: BigInt64Array.of(0n) },
    ],
  };
}

function inputOf(name: string): WrittenValue {
  if (name.startsWith('past_key_values')) return { name, type: 'float', shape: ['batch', 2, 'past', 4] };
  return { name, type: 'int64', shape: ['batch', 'rows'] };
}

function tokenizer(): object {
  const special = SPECIAL.map((content, id) => ({
    id,
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  }));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special,
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: false },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: { '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] }, '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] } },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries([...SPECIAL, ...WORDS].map((word, id) => [word, id])),
    },
  };
}

function write(folder: string, name: string, content: Buffer): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function seeded(seed: number): () => number {
  const random = randomNumbers(seed);
  return () => random() * 2 - 1;
}
