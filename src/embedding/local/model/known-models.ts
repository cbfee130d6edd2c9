import type { Pooling } from '../../../config/index.js';
import type { OutputSizes } from '../../model-traits.js';

/** The facts on a model's page, for folders that were converted without sentence-transformers' files. */
export interface KnownModel {
  readonly pooling: Pooling;
  readonly maxTokens: number;
  readonly prompts?: Readonly<Record<string, string>>;
  readonly smaller?: OutputSizes['smaller'];
  readonly layerNormFirst?: true;
  /** The page that says so. */
  readonly source: string;
}

const RETRIEVAL = { query: 'Represent this sentence for searching relevant passages: ' };
const RETRIEVAL_ZH = { query: '为这个句子生成表示以用于检索相关文章：' };
const E5 = { query: 'query: ', passage: 'passage: ' };
const SEARCH = { search_query: 'search_query: ', search_document: 'search_document: ' };
const NOMIC = { ...SEARCH, clustering: 'clustering: ', classification: 'classification: ' };
const GEMMA = {
  query: 'task: search result | query: ',
  document: 'title: none | text: ',
  classification: 'task: classification | query: ',
  clustering: 'task: clustering | query: ',
  STS: 'task: sentence similarity | query: ',
};
const QWEN = { query: 'Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:', document: '' };

/** By the last part of their names, in lower case and without -onnx. */
const MODELS: Readonly<Record<string, KnownModel>> = {
  'all-minilm-l6-v2': of('mean', 256, 'sentence-transformers/all-MiniLM-L6-v2'),
  'all-minilm-l12-v2': of('mean', 128, 'sentence-transformers/all-MiniLM-L12-v2'),
  'all-mpnet-base-v2': of('mean', 384, 'sentence-transformers/all-mpnet-base-v2'),
  'multi-qa-minilm-l6-cos-v1': of('mean', 512, 'sentence-transformers/multi-qa-MiniLM-L6-cos-v1'),
  'multi-qa-mpnet-base-dot-v1': of('cls', 512, 'sentence-transformers/multi-qa-mpnet-base-dot-v1'),
  'paraphrase-minilm-l3-v2': of('mean', 128, 'sentence-transformers/paraphrase-MiniLM-L3-v2'),
  'paraphrase-minilm-l6-v2': of('mean', 128, 'sentence-transformers/paraphrase-MiniLM-L6-v2'),
  'paraphrase-multilingual-minilm-l12-v2': of('mean', 128, 'sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2'),
  'paraphrase-multilingual-mpnet-base-v2': of('mean', 128, 'sentence-transformers/paraphrase-multilingual-mpnet-base-v2'),
  'bge-small-en-v1.5': of('cls', 512, 'BAAI/bge-small-en-v1.5', { prompts: RETRIEVAL }),
  'bge-base-en-v1.5': of('cls', 512, 'BAAI/bge-base-en-v1.5', { prompts: RETRIEVAL }),
  'bge-large-en-v1.5': of('cls', 512, 'BAAI/bge-large-en-v1.5', { prompts: RETRIEVAL }),
  'bge-small-zh-v1.5': of('cls', 512, 'BAAI/bge-small-zh-v1.5', { prompts: RETRIEVAL_ZH }),
  'bge-base-zh-v1.5': of('cls', 512, 'BAAI/bge-base-zh-v1.5', { prompts: RETRIEVAL_ZH }),
  'bge-large-zh-v1.5': of('cls', 512, 'BAAI/bge-large-zh-v1.5', { prompts: RETRIEVAL_ZH }),
  'bge-m3': of('cls', 8192, 'BAAI/bge-m3'),
  'e5-small-v2': of('mean', 512, 'intfloat/e5-small-v2', { prompts: E5 }),
  'e5-base-v2': of('mean', 512, 'intfloat/e5-base-v2', { prompts: E5 }),
  'e5-large-v2': of('mean', 512, 'intfloat/e5-large-v2', { prompts: E5 }),
  'multilingual-e5-small': of('mean', 512, 'intfloat/multilingual-e5-small', { prompts: E5 }),
  'multilingual-e5-base': of('mean', 512, 'intfloat/multilingual-e5-base', { prompts: E5 }),
  'multilingual-e5-large': of('mean', 512, 'intfloat/multilingual-e5-large', { prompts: E5 }),
  'gte-small': of('mean', 512, 'thenlper/gte-small'),
  'gte-base': of('mean', 512, 'thenlper/gte-base'),
  'gte-large': of('mean', 512, 'thenlper/gte-large'),
  'gte-base-en-v1.5': of('cls', 8192, 'Alibaba-NLP/gte-base-en-v1.5'),
  'gte-large-en-v1.5': of('cls', 8192, 'Alibaba-NLP/gte-large-en-v1.5'),
  'gte-modernbert-base': of('cls', 8192, 'Alibaba-NLP/gte-modernbert-base'),
  'gte-multilingual-base': of('cls', 8192, 'Alibaba-NLP/gte-multilingual-base', { smaller: { least: 128 } }),
  'nomic-embed-text-v1': of('mean', 8192, 'nomic-ai/nomic-embed-text-v1', { prompts: NOMIC }),
  'nomic-embed-text-v1.5': of('mean', 8192, 'nomic-ai/nomic-embed-text-v1.5', {
    prompts: NOMIC,
    smaller: [512, 256, 128, 64],
    layerNormFirst: true,
  }),
  'nomic-embed-text-v2-moe': of('mean', 512, 'nomic-ai/nomic-embed-text-v2-moe', { prompts: SEARCH, smaller: [256] }),
  'modernbert-embed-base': of('mean', 8192, 'nomic-ai/modernbert-embed-base', { prompts: SEARCH, smaller: [256] }),
  'snowflake-arctic-embed-xs': of('cls', 512, 'Snowflake/snowflake-arctic-embed-xs', { prompts: RETRIEVAL }),
  'snowflake-arctic-embed-s': of('cls', 512, 'Snowflake/snowflake-arctic-embed-s', { prompts: RETRIEVAL }),
  'snowflake-arctic-embed-m': of('cls', 512, 'Snowflake/snowflake-arctic-embed-m', { prompts: RETRIEVAL }),
  'snowflake-arctic-embed-l': of('cls', 512, 'Snowflake/snowflake-arctic-embed-l', { prompts: RETRIEVAL }),
  'snowflake-arctic-embed-m-v1.5': of('cls', 512, 'Snowflake/snowflake-arctic-embed-m-v1.5', { prompts: RETRIEVAL, smaller: [256] }),
  'snowflake-arctic-embed-m-v2.0': of('cls', 8192, 'Snowflake/snowflake-arctic-embed-m-v2.0', {
    prompts: { query: 'query: ' },
    smaller: [256],
  }),
  'snowflake-arctic-embed-l-v2.0': of('cls', 8192, 'Snowflake/snowflake-arctic-embed-l-v2.0', {
    prompts: { query: 'query: ' },
    smaller: [256],
  }),
  'mxbai-embed-large-v1': of('cls', 512, 'mixedbread-ai/mxbai-embed-large-v1', { prompts: RETRIEVAL, smaller: [512] }),
  'embeddinggemma-300m': of('mean', 2048, 'google/embeddinggemma-300m', { prompts: GEMMA, smaller: [512, 256, 128] }),
  'qwen3-embedding-0.6b': of('lasttoken', 32_768, 'Qwen/Qwen3-Embedding-0.6B', { prompts: QWEN, smaller: { least: 32 } }),
  'granite-embedding-30m-english': of('cls', 512, 'ibm-granite/granite-embedding-30m-english'),
  'granite-embedding-english-r2': of('cls', 8192, 'ibm-granite/granite-embedding-english-r2'),
  'granite-embedding-small-english-r2': of('cls', 8192, 'ibm-granite/granite-embedding-small-english-r2'),
  'granite-embedding-107m-multilingual': of('cls', 512, 'ibm-granite/granite-embedding-107m-multilingual'),
  'granite-embedding-278m-multilingual': of('cls', 512, 'ibm-granite/granite-embedding-278m-multilingual'),
  'jina-embeddings-v2-small-en': of('mean', 8192, 'jinaai/jina-embeddings-v2-small-en'),
  'jina-embeddings-v2-base-en': of('mean', 8192, 'jinaai/jina-embeddings-v2-base-en'),
};

/** EmbeddingGemma has two Dense layers after its pooling: a graph that leaves them to others is not known by its name alone. */
const NEEDS_ITS_MODULES: ReadonlySet<string> = new Set(['embeddinggemma-300m']);

/** By a hub id, or a folder's name: conversions keep the name and change the owner. */
export function knownModel(name: string): KnownModel | undefined {
  return MODELS[keyOf(name)];
}

/** Whether a model's vectors need more than pooling, which no list can hold. */
export function needsItsModules(name: string): boolean {
  return NEEDS_ITS_MODULES.has(keyOf(name));
}

function keyOf(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? name;
  return last.toLowerCase().replace(/-onnx$/, '');
}

function of(pooling: Pooling, maxTokens: number, id: string, rest: Omit<KnownModel, 'pooling' | 'maxTokens' | 'source'> = {}): KnownModel {
  return { pooling, maxTokens, ...rest, source: `https://huggingface.co/${id}` };
}
