import { dirname, join, relative } from 'node:path';
import { readOnnxGraph, type OnnxGraph, type OnnxValue } from '../onnx/onnx-graph.js';
import { onnxFilesOf } from '../onnx/onnx-files.js';
import type { CardGraph } from './model-card.js';
import type { ModelFolder } from './model-folder.js';

const OF_TEXTS = ['input_ids', 'attention_mask', 'token_type_ids', 'position_ids'];
const INTEGERS = ['int64', 'int32'];
const FLOATS = ['float32', 'float16'];
/** JavaScript has no array for them: the graph is opened with its one output cast. */
const CAST_FLOATS = ['bfloat16'];
const SENTENCE_OUTPUT = 'sentence_embedding';
const TOKEN_OUTPUTS = ['last_hidden_state', 'token_embeddings'];
const PAST = /^past_key_values\.\d+\.(?:key|value)$/;

/** Which output to use: `tokens` for a head that the graph itself does not compute as asked. */
export type Wanted = 'tokens' | 'either';

interface AskedWeights {
  readonly dtype: string;
  /** The setting that asks for the dtype. */
  readonly setting: string;
}

interface GraphRead {
  readonly graph: Omit<CardGraph, 'size'>;
  /** The size of the graph's vectors, if the graph states it. */
  readonly dimensions: number | undefined;
}

/** Undefined = there is no graph that can be run, which is a fault. */
export function readGraph(folder: ModelFolder, { dtype, setting }: AskedWeights, wanted: Wanted): GraphRead | undefined {
  const file = onnxFilesOf(dtype).find((name) => folder.has(name));
  if (file === undefined) {
    folder.fault(
      onnxFilesOf(dtype)[0] ?? dtype,
      `is missing, which ${setting}=${dtype} needs (or ${onnxFilesOf(dtype).slice(1).join(', ')})`,
    );
    return undefined;
  }
  const graph = parsed(folder, file);
  if (graph === undefined) return undefined;
  useExternalFiles(folder, file, graph);
  checkInputs(folder, file, graph.inputs);
  const output = outputOf(graph.outputs, wanted);
  if (output === undefined) {
    const names = graph.outputs.map(({ name }) => name).join(', ');
    const usable = wanted === 'tokens' ? TOKEN_OUTPUTS : [SENTENCE_OUTPUT, ...TOKEN_OUTPUTS];
    folder.fault(file, `has the outputs ${names}, none of which can be used here; supported are ${usable.join(', ')}`);
    return undefined;
  }
  const floats = [...FLOATS, ...CAST_FLOATS];
  if (!floats.includes(output.type)) folder.fault(file, `gives ${output.name} as ${output.type}; supported are ${floats.join(', ')}`);
  const last = output.shape.at(-1);
  return {
    graph: {
      file: join(folder.path, file),
      externalFiles: graph.externalFiles.map((location) => join(folder.path, dirname(file), location)),
      inputs: graph.inputs,
      output: output.name,
      mustBeCast: graph.outputs.some(({ type }) => CAST_FLOATS.includes(type)),
      gives: output.name === SENTENCE_OUTPUT ? 'sentence' : 'tokens',
    },
    dimensions: typeof last === 'number' && last > 0 ? last : undefined,
  };
}

/** An input of the keys and values of earlier tokens, which a text that is read at once has none of. */
function isPast(name: string): boolean {
  return PAST.test(name);
}

function parsed(folder: ModelFolder, file: string): OnnxGraph | undefined {
  try {
    return readOnnxGraph(folder.use(file));
  } catch (error) {
    folder.fault(file, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function useExternalFiles(folder: ModelFolder, file: string, { externalFiles }: OnnxGraph): void {
  for (const location of externalFiles) {
    const name = join(dirname(file), location);
    if (relative(folder.path, join(folder.path, name)).startsWith('..')) folder.fault(file, `has weights outside its folder: ${location}`);
    else if (!folder.has(name)) folder.fault(name, `is missing, which holds weights of ${file}`);
    else folder.use(name);
  }
}

function checkInputs(folder: ModelFolder, file: string, inputs: readonly OnnxValue[]): void {
  const unknown = inputs.filter(({ name }) => !OF_TEXTS.includes(name) && !isPast(name)).map(({ name }) => name);
  if (unknown.length > 0)
    folder.fault(file, `asks for ${unknown.join(', ')}, which a text does not give; supported are ${OF_TEXTS.join(', ')}, past_key_values`);
  if (!inputs.some(({ name }) => name === 'input_ids')) folder.fault(file, 'has no input_ids');
  for (const { name, type, shape } of inputs) {
    if (OF_TEXTS.includes(name) && !INTEGERS.includes(type))
      folder.fault(file, `takes ${name} as ${type}; supported are ${INTEGERS.join(', ')}`);
    if (isPast(name) && !hasEmptyPast(type, shape))
      folder.fault(file, `takes ${name} as ${type} of the shape ${shape.join(' x ')}, which cannot be made`);
  }
}

/**
 * The sizes are texts, heads, earlier tokens and numbers of a head. The second and the last must be known to make an input
 * of no tokens.
 */
function hasEmptyPast(type: string, shape: OnnxValue['shape']): boolean {
  return ['float32', 'float16'].includes(type) && shape.length === 4 && typeof shape[1] === 'number' && typeof shape[3] === 'number';
}

function outputOf(outputs: readonly OnnxValue[], wanted: Wanted): OnnxValue | undefined {
  const names = wanted === 'tokens' ? TOKEN_OUTPUTS : [SENTENCE_OUTPUT, ...TOKEN_OUTPUTS];
  return names.map((name) => outputs.find((output) => output.name === name)).find((output) => output !== undefined);
}
