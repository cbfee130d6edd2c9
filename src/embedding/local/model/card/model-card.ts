import type { Pooling } from '../../../../config/index.js';
import type { VectorRanges } from '../../../../vectors/index.js';
import type { OutputSizes } from '../../../model-traits.js';
import type { Activation } from '../activations.js';
import type { OnnxValue } from '../onnx/onnx-graph.js';

/** A step from the vectors of a text's tokens to its one vector, in the order of modules.json. */
export type HeadStep = PoolingStep | DenseStep | LayerNormStep | CutStep | { readonly type: 'normalize' };

export interface PoolingStep {
  readonly type: 'pooling';
  /** The results of several are joined in this order. */
  readonly modes: readonly Pooling[];
  /** Whether the tokens of the prompt are pooled too. */
  readonly includePrompt: boolean;
  /** Numbers of a token's vector, as its file says; undefined = it does not say. */
  readonly size: number | undefined;
}

export interface DenseStep {
  readonly type: 'dense';
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: Activation;
  readonly hasBias: boolean;
  /** The addition to the activated numbers: nothing, the vector itself, or a product of it with weights. */
  readonly residual: 'none' | 'vector' | 'product';
  /** Absolute path of a safetensors file. */
  readonly weights: string;
}

export interface LayerNormStep {
  readonly type: 'layer-norm';
  readonly size: number;
  /** Absolute path of a safetensors file. */
  readonly weights: string;
}

/** Keeps the first numbers of the vector. */
interface CutStep {
  readonly type: 'cut';
  readonly size: number;
}

export interface CardGraph {
  /** Absolute path. */
  readonly file: string;
  /** Absolute paths of the files with its weights, if they are not in it. */
  readonly externalFiles: readonly string[];
  readonly inputs: readonly OnnxValue[];
  readonly output: string;
  /** Whether it, or another output of the graph, has a type that JavaScript has no array for. */
  readonly mustBeCast: boolean;
  /** Numbers of one vector of the output. */
  readonly size: number;
  /** `tokens`: a vector for each token, for the head to work on. `sentence`: the graph has done all that. */
  readonly gives: 'tokens' | 'sentence';
}

/** Which side of a text is padded where it runs beside a longer one, and the position of its first token. */
export interface Padding {
  readonly side: 'left' | 'right';
  readonly id: number;
  /** Positions that the model keeps for padding: 2 for RoBERTa's family, 0 for others. */
  readonly positionOffset: number;
}

/** The origin of a value on the card that a user may want to check. */
export interface CardNote {
  readonly what: 'pooling' | 'prompts' | 'max tokens' | 'sizes';
  readonly from: string;
}

/** Everything that decides the vectors of a model. */
export interface ModelCard {
  readonly name: string;
  readonly folder: string;
  /** The revision on the hub, a commit if the hub tells it; undefined = the model does not come from a hub. */
  readonly revision: string | undefined;
  readonly dtype: string;
  readonly graph: CardGraph;
  /** Empty where the graph gives sentences. */
  readonly head: readonly HeadStep[];
  /** Whether the model itself scales its vectors to length one. */
  readonly normalizes: boolean;
  /** The similarity that the model was trained for: cosine, dot, ...; undefined = it does not say. */
  readonly similarity: string | undefined;
  readonly dimensions: number;
  readonly maxTokens: number;
  readonly padding: Padding;
  readonly lowerCase: boolean;
  readonly prompts: Readonly<Record<string, string>>;
  /** Used for texts that come without an input type. */
  readonly defaultPrompt: string | undefined;
  readonly sizes: OutputSizes;
  /** The range of each dimension, for vectors of whole numbers; undefined = they were not measured. */
  readonly ranges: VectorRanges | undefined;
  /** Every file that was read, with its SHA-256, in the order of their names, which are relative to the folder. */
  readonly files: readonly CardFile[];
  readonly notes: readonly CardNote[];
}

export interface CardFile {
  readonly name: string;
  readonly sha256: string;
}
