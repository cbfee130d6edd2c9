import type { SettingNames } from './models/setting-names.js';

/** Weight formats, by the names that repositories give to their files. */
export const DTYPES = ['auto', 'fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4', 'O1', 'O2', 'O3', 'O4'] as const;

export const POOLINGS = ['cls', 'mean', 'max', 'mean_sqrt_len', 'weightedmean', 'lasttoken'] as const;
export type Pooling = (typeof POOLINGS)[number];

export const MODEL_LOADS = ['start', 'first-use'] as const;
export type ModelLoad = (typeof MODEL_LOADS)[number];

interface CommonEmbeddingSettings {
  /** The names of these settings, for messages. */
  readonly names: SettingNames;
  /** The name that callers use; undefined = the model's own. */
  readonly name: string | undefined;
  /** Further names, beside those of MODEL_ALIASES. */
  readonly aliases: readonly string[];
  /** The dimensions that the operator expects, or asks of a model that can give fewer; undefined = those of the model. */
  readonly dimensions: number | undefined;
  /** Longer texts are cut; undefined = the most that the model reads. */
  readonly maxTokens: number | undefined;
  /** Characters of a text on /embed, /embed/batch, in jobs and files: MAX_TEXT_LENGTH. */
  readonly maxTextLength: number;
  /** Characters of a document that a job cuts into chunks: MAX_DOCUMENT_LENGTH. */
  readonly maxDocumentLength: number;
  /** Characters of a text on the routes of other servers' dialects: MAX_TEXT_LENGTH where it is set, else what OpenAI takes. */
  readonly maxForeignTextLength: number;
  /**
   * The most token ids of a text that comes as token ids, however many characters they stand for; undefined =
   * MAX_TEXT_LENGTH is set, and limits these texts too.
   */
  readonly maxTokenIds: number | undefined;
  readonly maxQueuedTexts: number;
  /** By input type; undefined = the model's own. */
  readonly prompts: Readonly<Record<string, string>> | undefined;
  readonly check: VectorCheckSettings;
}

export interface VectorCheckSettings {
  /** JSON lines of text and embedding, to compare with at the start; undefined = none. */
  readonly path: string | undefined;
  /** The start is refused if a vector's cosine to the one in the file is below this. */
  readonly leastCosine: number;
  /** The names of these two settings, for messages. */
  readonly names: { readonly path: string; readonly leastCosine: string };
}

/** Settings of vectors that are computed on this machine. */
export interface LocalEmbeddingSettings extends CommonEmbeddingSettings {
  readonly provider: 'local';
  /** A bundled name, a folder, or a hub id with or without `@revision`. */
  readonly model: string;
  /** A weight format, or the name of an ONNX file in the model's folder. */
  readonly dtype: string;
  /** undefined = as the model says. */
  readonly pooling: Pooling | undefined;
  /** Inference processes of one thread each; undefined = as many as suit the model and the machine. */
  readonly workers: number | undefined;
  /** Cores that this process and its children may use. */
  readonly cores: number;
  /** Memory that this process and its children may use. */
  readonly memoryBytes: number;
  /** When the model is loaded: at the start, or when a text first needs it. */
  readonly load: ModelLoad;
  /** How long an unused model stays loaded; undefined = until the end. */
  readonly keepLoadedMinutes: number | undefined;
  /** The share of the machine that the model gets while others have work too, relative to theirs. */
  readonly weight: number;
  readonly batchSize: number;
  /** The time limit of a run of 512 tokens; larger runs get more. */
  readonly inferenceTimeoutMs: number;
  /** By which an inference process may grow beyond its size after loading. */
  readonly workerMemoryBytes: number;
  readonly modelCacheDir: string;
  readonly offline: boolean;
  readonly hubUrl: string;
}

/** Settings of vectors that are asked of OpenAI, or of another service with its API. */
export interface OpenAiEmbeddingSettings extends CommonEmbeddingSettings {
  readonly provider: 'openai';
  /** Undefined = calls are sent without a key. */
  readonly apiKey: string | undefined;
  /** Ends without a slash. */
  readonly baseUrl: string;
  readonly model: string;
  /** The longest time to a vector, retries included. It counts from the arrival of a text, and of a background text from the start of its call. */
  readonly timeoutMs: number;
  readonly maxRetries: number;
  /** The most calls at the same time. */
  readonly concurrency: number;
  readonly maxInputsPerCall: number;
  readonly maxTokensPerCall: number;
  /** Whether the model can be asked for a number of dimensions; undefined = as known-models.ts says. */
  readonly sendDimensions: boolean | undefined;
  /** Undefined = the price in known-models.ts. */
  readonly dollarsPerMillionTokens: number | undefined;
}

/** Decides what a vector is, and what computes it. */
export type EmbeddingSettings = LocalEmbeddingSettings | OpenAiEmbeddingSettings;

/** A further name of a model. */
export interface ModelAlias {
  readonly alias: string;
  /** A name of the model that it stands for; undefined = the first model. */
  readonly model: string | undefined;
}
