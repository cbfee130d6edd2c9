/** Writes a model of twelve layers, as an exporter writes it. Its weights are random, because speed does not depend on them. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelFolder } from './vocabulary.js';

/** @typedef {typeof import('../src/embedding/local/model/onnx/onnx-encoding.js')} Encoding */
/** @typedef {typeof import('../src/embedding/local/model/onnx/protobuf-writer.js')} Protobuf */

const build = new URL('../build/embedding/local/model/onnx/', import.meta.url).href;
const { encodeNode, encodeTensorHead, encodeOpset, encodeValue } = /** @type {Encoding} */ (await import(`${build}onnx-encoding.js`));
const { messageField, numberField } = /** @type {Protobuf} */ (await import(`${build}protobuf-writer.js`));

/** The sizes of MiniLM-L12, and the vocabulary of the bundled model. */
const size = { layers: 12, hidden: 384, heads: 12, inner: 1536, vocabulary: 30_522, positions: 512 };
const config = { model_type: 'bert', hidden_size: size.hidden, max_position_embeddings: size.positions };
/** ONNX's numbers for types, fields, and the versions of its format. */
const type = { float: 1, int64: 7 };
const field = { irVersion: 1, graph: 7, opset: 8, node: 1, name: 2, initializer: 5, input: 11, output: 12 };
const [irVersion, opset] = [8, 17];

/** @param {string} folder */
export function writeRandomModel(folder) {
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'modules.json', '1_Pooling', 'sentence_bert_config.json']) {
    cpSync(fileURLToPath(new URL(name, modelFolder)), join(folder, name), { recursive: true });
  }
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'onnx/model.onnx'), new RandomGraph().model());
}

class RandomGraph {
  constructor() {
    /** @type {Buffer[]} */
    this.nodes = [];
    /** @type {Buffer[]} */
    this.weights = [];
  }

  model() {
    this.encoder();
    const graph = [
      ...this.nodes.map((node) => messageField(field.node, node)),
      messageField(field.name, 'random'),
      ...this.weights.map((weight) => messageField(field.initializer, weight)),
      ...['input_ids', 'attention_mask', 'token_type_ids'].map((name) => messageField(field.input, encodeValue(name, type.int64))),
      messageField(field.output, encodeValue('last_hidden_state', type.float)),
    ];
    return Buffer.concat([
      numberField(field.irVersion, irVersion),
      messageField(field.graph, Buffer.concat(graph)),
      messageField(field.opset, encodeOpset('', opset)),
    ]);
  }

  encoder() {
    const mask = this.mask();
    let state = this.embeddings();
    for (let layer = 0; layer < size.layers; layer++) {
      const attended = this.normalized(this.op('Add', [this.attention(state, mask), state]));
      const inner = this.gelu(this.linear(attended, size.hidden, size.inner));
      state = this.normalized(this.op('Add', [this.linear(inner, size.inner, size.hidden), attended]));
    }
    this.nodes.push(encodeNode({ operator: 'Identity', inputs: [state], outputs: ['last_hidden_state'] }));
  }

  embeddings() {
    const words = this.op('Gather', [this.random(size.vocabulary, size.hidden), 'input_ids']);
    const kinds = this.op('Gather', [this.random(2, size.hidden), 'token_type_ids']);
    const length = this.op('Slice', [this.op('Shape', ['input_ids']), this.integers(1), this.integers(2)]);
    const places = this.op('Slice', [this.random(size.positions, size.hidden), this.integers(0), length, this.integers(0)]);
    return this.normalized(this.op('Add', [this.op('Add', [words, kinds]), places]));
  }

  mask() {
    const kept = this.op('Cast', [this.op('Unsqueeze', ['attention_mask', this.integers(1, 2)])], { to: type.float });
    return this.op('Mul', [this.op('Sub', [this.float(1), kept]), this.float(-3e38)]);
  }

  /** @param {string} state @param {string} mask */
  attention(state, mask) {
    const headSize = size.hidden / size.heads;
    const [query, key, value] = [
      [0, 2, 1, 3],
      [0, 2, 3, 1],
      [0, 2, 1, 3],
    ].map((perm) => {
      const parts = this.op('Reshape', [this.linear(state, size.hidden, size.hidden), this.integers(0, 0, size.heads, headSize)]);
      return this.op('Transpose', [parts], { perm });
    });
    const scores = this.op('Div', [this.op('MatMul', [query ?? '', key ?? '']), this.float(Math.sqrt(headSize))]);
    const shares = this.op('Softmax', [this.op('Add', [scores, mask])]);
    const mixed = this.op('Transpose', [this.op('MatMul', [shares, value ?? ''])], { perm: [0, 2, 1, 3] });
    return this.linear(this.op('Reshape', [mixed, this.integers(0, 0, size.hidden)]), size.hidden, size.hidden);
  }

  /** @param {string} state */
  gelu(state) {
    const erf = this.op('Erf', [this.op('Div', [state, this.float(Math.SQRT2)])]);
    return this.op('Mul', [this.op('Mul', [state, this.op('Add', [erf, this.float(1)])]), this.float(0.5)]);
  }

  /** @param {string} state @param {number} inputs @param {number} outputs */
  linear(state, inputs, outputs) {
    return this.op('Add', [this.random(outputs), this.op('MatMul', [state, this.random(inputs, outputs)])]);
  }

  /** @param {string} state */
  normalized(state) {
    const ones = this.weight(new Float32Array(size.hidden).fill(1), [size.hidden]);
    return this.op('LayerNormalization', [state, ones, this.random(size.hidden)]);
  }

  /** @param {string} operator @param {readonly string[]} inputs @param {Record<string, number | readonly number[]>} [attributes] */
  op(operator, inputs, attributes = {}) {
    const output = `${operator}_${this.nodes.length}`;
    this.nodes.push(encodeNode({ operator, inputs, outputs: [output], attributes }));
    return output;
  }

  /** @param {readonly number[]} shape */
  random(...shape) {
    const length = shape.reduce((product, each) => product * each, 1);
    return this.weight(
      Float32Array.from({ length }, () => (Math.random() - 0.5) / 5),
      shape,
    );
  }

  /** @param {number} value */
  float(value) {
    return this.weight(Float32Array.of(value), []);
  }

  /** @param {readonly number[]} values */
  integers(...values) {
    return this.weight(BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** @param {Float32Array | BigInt64Array} values @param {readonly number[]} shape */
  weight(values, shape) {
    const name = `weight_${this.weights.length}`;
    const tensor = { name, shape, type: values instanceof Float32Array ? type.float : type.int64, byteLength: values.byteLength };
    this.weights.push(Buffer.concat([encodeTensorHead(tensor), Buffer.from(values.buffer)]));
    return name;
  }
}
