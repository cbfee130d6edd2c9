import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Pooling, SettingNames } from '../../../../config/index.js';
import { NO_SMALLER_SIZES, type OutputSizes } from '../../../model-traits.js';
import { knownModel } from '../known-models.js';
import type { CardFile, CardNote, HeadStep, ModelCard } from './model-card.js';
import { firstNumber, ModelFolder, type JsonObject } from './model-folder.js';
import { readGraph } from './read-graph.js';
import { readHead, type Head } from './read-head.js';
import { readRanges } from './read-ranges.js';
import { readTextRules } from './read-texts.js';

/** Sizes go by these names in config.json. */
const SIZE_NAMES = ['hidden_size', 'n_embd', 'dim', 'd_model'];

/** Which model, and what the settings ask of it; undefined = as the model says. */
export interface ModelOptions {
  readonly names: SettingNames;
  readonly folder: string;
  /** A hub id, or what the folder is called. */
  readonly name: string;
  readonly revision: string | undefined;
  readonly dtype: string;
  readonly pooling: Pooling | undefined;
  readonly maxTokens: number | undefined;
  readonly dimensions: number | undefined;
  readonly prompts: Readonly<Record<string, string>> | undefined;
}

export type Described = { readonly card: ModelCard } | { readonly faults: readonly string[] };

/**
 * Reads from its files everything that decides a model's vectors, without running it. What cannot be done as the files
 * ask is a fault, one line each that names the file, what it asks for and what is supported: there is no guess.
 */
export async function describeModel(options: ModelOptions): Promise<Described> {
  const folder = new ModelFolder(options.folder);
  const unhashed = describe(folder, options);
  if (folder.faults.length > 0 || unhashed === undefined) return { faults: folder.faults };
  return { card: { ...unhashed, files: await hashed(folder) } };
}

function describe(folder: ModelFolder, options: ModelOptions): Omit<ModelCard, 'files'> | undefined {
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    if (folder.has(name)) folder.use(name);
    else folder.fault(name, 'is missing');
  }
  const { name, names, revision, dtype } = options;
  const config = folder.object('config.json');
  const head = readHead(folder, options);
  const read = readGraph(folder, { dtype, setting: names.dtype }, mustWorkOnTokens(head, options) ? 'tokens' : 'either');
  const texts = readTextRules(folder, config, options);
  if (read === undefined) return undefined;
  const { graph } = read;
  const steps = graph.gives === 'sentence' ? [] : (head.steps ?? askForPooling(folder, names));
  const hidden = hiddenSize(folder, config, read);
  const dimensions = graph.gives === 'sentence' ? hidden : sizeAfter(folder, hidden, steps);
  checkDimensions(folder, options, dimensions);
  const sizes = sizesOf(config, name, dimensions);
  return {
    name,
    folder: folder.path,
    revision,
    dtype,
    graph: { ...graph, size: hidden },
    head: steps,
    normalizes: (head.steps ?? []).at(-1)?.type === 'normalize',
    dimensions,
    ...texts,
    sizes: sizes.sizes,
    ranges: readRanges(folder, dimensions),
    notes: [...noteOf(graph.gives, head), ...texts.notes, ...sizes.notes],
  };
}

/** Whether the head must work on tokens: a graph that gives sentences has pooled them in its own way. */
function mustWorkOnTokens({ steps }: Head, { pooling }: ModelOptions): boolean {
  const needsTokens = (step: HeadStep): boolean => step.type === 'cut' || (step.type === 'pooling' && !step.includePrompt);
  return pooling !== undefined || (steps?.some(needsTokens) ?? false);
}

function noteOf(gives: ModelCard['graph']['gives'], { note }: Head): readonly CardNote[] {
  if (gives === 'sentence') return [{ what: 'pooling', from: 'the graph (sentence_embedding)' }];
  return note === undefined ? [] : [note];
}

function askForPooling(folder: ModelFolder, { pooling }: SettingNames): readonly HeadStep[] {
  folder.faults.push(
    `modules.json and 1_Pooling/config.json are missing and the model is not on the list of known ones: set ${pooling} to what its page says (cls, mean, ...)`,
  );
  return [];
}

function hiddenSize(folder: ModelFolder, config: JsonObject, { graph, dimensions }: NonNullable<ReturnType<typeof readGraph>>): number {
  const configured = firstNumber(config, SIZE_NAMES);
  const name = SIZE_NAMES.find((size) => config[size] === configured) ?? SIZE_NAMES[0];
  if (configured === undefined && dimensions === undefined) folder.fault('config.json', `must have one of ${SIZE_NAMES.join(', ')}`);
  if (graph.gives === 'tokens' && configured !== undefined && dimensions !== undefined && configured !== dimensions)
    folder.fault(
      'config.json',
      `says ${name} ${configured}, but ${graph.output} of the graph has ${dimensions} numbers: the two belong to different models`,
    );
  return dimensions ?? configured ?? 0;
}

function sizeAfter(folder: ModelFolder, hidden: number, steps: readonly HeadStep[]): number {
  if (hidden === 0) return 0; // a fault already
  let size = hidden;
  for (const step of steps) {
    const expected = inputSize(step) ?? size;
    if (expected !== size) folder.faults.push(`modules.json has a ${step.type} step for ${expected} numbers after one that gives ${size}`);
    size = outputSize(step, size);
  }
  return size;
}

/** Undefined = any. */
function inputSize(step: HeadStep): number | undefined {
  return step.type === 'dense' ? step.inputs : 'size' in step && step.type !== 'cut' ? step.size : undefined;
}

function outputSize(step: HeadStep, size: number): number {
  switch (step.type) {
    case 'pooling':
      return size * step.modes.length;
    case 'dense':
      return step.outputs;
    case 'cut':
      return Math.min(step.size, size);
    case 'layer-norm':
    case 'normalize':
      return size;
  }
}

function checkDimensions(folder: ModelFolder, { dimensions: expected, name, names }: ModelOptions, dimensions: number): void {
  if (expected !== undefined && expected !== dimensions)
    folder.faults.push(`${names.dimensions}=${expected} is not allowed: use ${dimensions}, what ${name} has, or leave it unset`);
}

function sizesOf(
  config: JsonObject,
  name: string,
  dimensions: number,
): { readonly sizes: OutputSizes; readonly notes: readonly CardNote[] } {
  const known = knownModel(name);
  const layerNormFirst = known?.layerNormFirst ?? false;
  const declared = config['matryoshka_dimensions'];
  if (Array.isArray(declared) && declared.every((size) => typeof size === 'number'))
    return { sizes: { smaller: below(declared, dimensions), layerNormFirst }, notes: [{ what: 'sizes', from: 'config.json' }] };
  if (known?.smaller === undefined) return { sizes: NO_SMALLER_SIZES, notes: [] };
  return {
    sizes: { smaller: below(known.smaller, dimensions), layerNormFirst },
    notes: [{ what: 'sizes', from: `the list of known models (${known.source})` }],
  };
}

/** Lists may have the model's own size, and `truncate_dim` may have made that smaller. */
function below(sizes: OutputSizes['smaller'], dimensions: number): OutputSizes['smaller'] {
  return 'least' in sizes ? sizes : sizes.filter((size) => size < dimensions);
}

async function hashed(folder: ModelFolder): Promise<readonly CardFile[]> {
  const files: CardFile[] = [];
  for (const name of [...folder.read].sort()) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(folder.path, name)), hash, { end: false });
    files.push({ name, sha256: hash.digest('hex') });
  }
  return files;
}
