import type { ModelCard } from '../../src/embedding/local/model/card/model-card.js';
import { poolingFiles, POSITIONS, safetensors, SIZE, TABLE, type SmallModel } from './small-model.js';

type Vector = readonly number[];
type Files = NonNullable<SmallModel['files']>;

/** A model that people run, as its repository describes it, with a graph of a few tokens in place of its own. */
interface PeoplesModel {
  readonly name: string;
  readonly model: SmallModel;
  readonly pool: (rows: readonly Vector[]) => Vector;
  readonly card: Partial<Pick<ModelCard, 'maxTokens' | 'sizes' | 'prompts' | 'defaultPrompt' | 'normalizes'>>;
}

const RETRIEVAL = { query: 'Represent this sentence for searching relevant passages: ' };
const NO_TOKEN_TYPES = ['attention_mask'];

const bert = (positions: number): object => ({
  model_type: 'bert',
  hidden_size: SIZE,
  max_position_embeddings: positions,
  pad_token_id: 0,
});
const modernBert = { model_type: 'modernbert', hidden_size: SIZE, max_position_embeddings: 8192, pad_token_id: 0 };
const roberta = (positions: number): object => ({ ...bert(positions), model_type: 'xlm-roberta', pad_token_id: 1 });
const limit = (tokens: number): Files => ({ 'sentence_bert_config.json': { max_seq_length: tokens, do_lower_case: false } });
const tokenizer = (tokens: number, more: object = {}): Files => ({ 'tokenizer_config.json': { model_max_length: tokens, ...more } });
const prompts = (texts: object, more: object = {}): Files => ({ 'config_sentence_transformers.json': { prompts: texts, ...more } });
const only = (smaller: ModelCard['sizes']['smaller'], layerNormFirst = false): ModelCard['sizes'] => ({ smaller, layerNormFirst });
const MEAN = { pooling_mode_cls_token: false, pooling_mode_mean_tokens: true };
const CLS = { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false };

/** Two Dense modules without bias, as EmbeddingGemma has them. */
const WIDE = TABLE.slice(0, 3 * SIZE);
const NARROW = TABLE.slice(40, 40 + 3 * SIZE);
const IDENTITY = { bias: false, activation_function: 'torch.nn.modules.linear.Identity' };
const GEMMA_FILES: Files = {
  ...poolingFiles({ ...MEAN, include_prompt: true }, 'Dense', 'Dense', 'Normalize'),
  ...tokenizer(2048),
  'config.json': { model_type: 'gemma3_text', hidden_size: SIZE, max_position_embeddings: 2048, pad_token_id: 0 },
  '2_Dense/config.json': { in_features: SIZE, out_features: 3, ...IDENTITY },
  '2_Dense/model.safetensors': safetensors({ 'linear.weight': { shape: [3, SIZE], values: WIDE } }),
  '3_Dense/config.json': { in_features: 3, out_features: SIZE, ...IDENTITY },
  '3_Dense/model.safetensors': safetensors({ 'linear.weight': { shape: [SIZE, 3], values: NARROW } }),
};

const mean = (rows: readonly Vector[]): Vector =>
  TABLE_COLUMNS.map((at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0) / rows.length);
const first = (rows: readonly Vector[]): Vector => rows[0] ?? [];
const TABLE_COLUMNS = Array.from({ length: SIZE }, (_, at) => at);
const product = (matrix: Float32Array, vector: Vector): Vector =>
  Array.from({ length: matrix.length / vector.length }, (_, row) =>
    vector.reduce((sum, value, at) => sum + value * (matrix[row * vector.length + at] ?? 0), 0),
  );
const withPositions = (rows: readonly Vector[]): readonly Vector[] =>
  rows.map((row, at) => row.map((value, column) => value + (POSITIONS[at * SIZE + column] ?? 0)));

export const MODELS_PEOPLE_RUN: readonly PeoplesModel[] = [
  {
    name: 'sentence-transformers/all-MiniLM-L6-v2',
    model: { files: { ...poolingFiles(MEAN, 'Normalize'), ...limit(256), ...tokenizer(512), 'config.json': bert(512) } },
    pool: mean,
    card: { maxTokens: 256, prompts: {}, normalizes: true },
  },
  {
    name: 'Xenova/all-MiniLM-L6-v2',
    model: { files: { ...tokenizer(512), 'config.json': bert(512) } },
    pool: mean,
    card: { maxTokens: 256, prompts: {} },
  },
  {
    name: 'BAAI/bge-small-en-v1.5',
    model: { files: { ...poolingFiles(CLS, 'Normalize'), ...limit(512), ...tokenizer(512), 'config.json': bert(512) } },
    pool: first,
    card: { maxTokens: 512, prompts: RETRIEVAL },
  },
  {
    name: 'Xenova/bge-base-en-v1.5',
    model: { files: { ...tokenizer(512), 'config.json': bert(512) } },
    pool: first,
    card: { maxTokens: 512, prompts: RETRIEVAL },
  },
  {
    name: 'BAAI/bge-m3',
    model: {
      external: ['model.onnx_data'],
      inputs: NO_TOKEN_TYPES,
      files: { ...poolingFiles(CLS, 'Normalize'), ...limit(8192), ...tokenizer(8192), 'config.json': roberta(8194) },
    },
    pool: first,
    card: { maxTokens: 8192, prompts: {} },
  },
  {
    name: 'intfloat/multilingual-e5-small',
    model: { files: { ...poolingFiles(MEAN, 'Normalize'), ...limit(512), ...tokenizer(512), 'config.json': bert(512) } },
    pool: mean,
    card: { maxTokens: 512, prompts: { query: 'query: ', passage: 'passage: ' } },
  },
  {
    name: 'sentence-transformers/all-mpnet-base-v2',
    model: {
      inputs: NO_TOKEN_TYPES,
      files: {
        ...poolingFiles(MEAN, 'Normalize'),
        ...limit(384),
        ...tokenizer(512),
        'config.json': { ...bert(514), model_type: 'mpnet', pad_token_id: 1 },
      },
    },
    pool: mean,
    card: { maxTokens: 384, prompts: {} },
  },
  {
    name: 'sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2',
    model: { files: { ...poolingFiles(MEAN), ...limit(128), ...tokenizer(512), 'config.json': bert(512) } },
    pool: mean,
    card: { maxTokens: 128, prompts: {}, normalizes: false },
  },
  {
    name: 'thenlper/gte-small',
    model: { files: { ...poolingFiles(MEAN, 'Normalize'), ...limit(512), ...tokenizer(512), 'config.json': bert(512) } },
    pool: mean,
    card: { maxTokens: 512, prompts: {} },
  },
  {
    name: 'Alibaba-NLP/gte-modernbert-base',
    model: {
      inputs: NO_TOKEN_TYPES,
      files: { ...poolingFiles(CLS), ...limit(8192), ...tokenizer(8192), 'config.json': modernBert },
    },
    pool: first,
    card: { maxTokens: 8192, prompts: {} },
  },
  {
    name: 'nomic-ai/nomic-embed-text-v1.5',
    model: {
      vagueShapes: true,
      files: {
        ...poolingFiles(MEAN),
        ...limit(8192),
        ...tokenizer(8192),
        'config.json': { model_type: 'nomic_bert', n_embd: SIZE, n_positions: 8192 },
      },
    },
    pool: mean,
    card: {
      maxTokens: 8192,
      sizes: only([], true),
      prompts: {
        search_query: 'search_query: ',
        search_document: 'search_document: ',
        clustering: 'clustering: ',
        classification: 'classification: ',
      },
    },
  },
  {
    name: 'nomic-ai/nomic-embed-text-v2-moe',
    model: {
      files: {
        ...poolingFiles(MEAN, 'Normalize'),
        ...prompts({ query: 'search_query: ', passage: 'search_document: ' }),
        ...limit(512),
        ...tokenizer(512),
        'config.json': { model_type: 'nomic_bert', n_embd: SIZE, n_positions: 2048 },
      },
    },
    pool: mean,
    card: { maxTokens: 512, prompts: { query: 'search_query: ', passage: 'search_document: ' } },
  },
  {
    name: 'Snowflake/snowflake-arctic-embed-s',
    model: {
      files: { ...poolingFiles(CLS, 'Normalize'), ...prompts(RETRIEVAL), ...limit(512), ...tokenizer(512), 'config.json': bert(512) },
    },
    pool: first,
    card: { maxTokens: 512, prompts: RETRIEVAL },
  },
  {
    name: 'Snowflake/snowflake-arctic-embed-m-v2.0',
    model: {
      inputs: NO_TOKEN_TYPES,
      files: {
        ...poolingFiles(CLS, 'Normalize'),
        ...prompts({ query: 'query: ' }),
        ...limit(8192),
        ...tokenizer(32_768),
        'config.json': { model_type: 'gte', hidden_size: SIZE, max_position_embeddings: 8192, pad_token_id: 1 },
      },
    },
    pool: first,
    card: { maxTokens: 8192, prompts: { query: 'query: ' } },
  },
  {
    name: 'mixedbread-ai/mxbai-embed-large-v1',
    model: {
      files: {
        ...poolingFiles(CLS),
        ...prompts({ query: RETRIEVAL.query, passage: '' }),
        ...limit(512),
        ...tokenizer(512),
        'config.json': bert(512),
      },
    },
    pool: first,
    card: { maxTokens: 512, prompts: { query: RETRIEVAL.query, passage: '' }, normalizes: false },
  },
  {
    name: 'google/embeddinggemma-300m',
    model: {
      external: ['model.onnx_data'],
      inputs: NO_TOKEN_TYPES,
      files: { ...GEMMA_FILES, ...prompts({ query: 'task: search result | query: ' }) },
    },
    pool: (rows) => product(NARROW, product(WIDE, mean(rows))),
    card: { maxTokens: 2048, normalizes: true },
  },
  {
    name: 'onnx-community/embeddinggemma-300m-ONNX',
    model: {
      pooled: true,
      inputs: NO_TOKEN_TYPES,
      files: { ...tokenizer(2048), 'config.json': { ...bert(2048), model_type: 'gemma3_text' } },
    },
    pool: first, // what the graph of the fixture gives as sentence_embedding
    card: {
      maxTokens: 2048,
      prompts: {
        query: 'task: search result | query: ',
        document: 'title: none | text: ',
        classification: 'task: classification | query: ',
        clustering: 'task: clustering | query: ',
        STS: 'task: sentence similarity | query: ',
      },
    },
  },
  {
    name: 'Qwen/Qwen3-Embedding-0.6B',
    model: {
      inputs: ['attention_mask', 'position_ids', 'past_key_values.0.key', 'past_key_values.0.value'],
      files: {
        ...poolingFiles({ ...MEAN, pooling_mode_mean_tokens: false, pooling_mode_lasttoken: true }, 'Normalize'),
        ...prompts({ query: 'Instruct: w9 w9\nQuery:', document: '' }),
        ...tokenizer(131_072, { padding_side: 'left' }),
        'config.json': { model_type: 'qwen3', hidden_size: SIZE, max_position_embeddings: 32_768 },
      },
    },
    pool: (rows) => withPositions(rows).at(-1) ?? [],
    card: { maxTokens: 32_768, prompts: { query: 'Instruct: w9 w9\nQuery:', document: '' } },
  },
  {
    name: 'ibm-granite/granite-embedding-english-r2',
    model: {
      inputs: NO_TOKEN_TYPES,
      files: { ...poolingFiles(CLS, 'Normalize'), ...limit(8192), ...tokenizer(8192), 'config.json': modernBert },
    },
    pool: first,
    card: { maxTokens: 8192, prompts: {} },
  },
];

/** What cannot be run right, and why. */
export const REFUSED_MODELS: readonly (readonly [name: string, model: SmallModel, faults: readonly (string | RegExp)[]])[] = [
  [
    'jinaai/jina-embeddings-v3',
    {
      inputs: ['attention_mask', 'task_id'],
      files: {
        ...tokenizer(8194),
        'modules.json': [
          { idx: 0, name: 'transformer', path: '', type: 'custom_st.Transformer', kwargs: ['task'] },
          { idx: 1, name: 'pooler', path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
          { idx: 2, name: 'normalizer', path: '2_Normalize', type: 'sentence_transformers.models.Normalize' },
        ],
        '1_Pooling/config.json': { word_embedding_dimension: SIZE, ...MEAN },
        'config.json': roberta(8194),
      },
    },
    [/^modules\.json asks for custom_st\.Transformer, which is not supported; supported are /, /^onnx\/model\.onnx asks for task_id, /],
  ],
  [
    'minishlab/potion-base-8M',
    {
      inputs: ['offsets'],
      output: 'embeddings',
      files: {
        ...tokenizer(1_000_000),
        'modules.json': [
          { idx: 0, name: '0', path: '.', type: 'sentence_transformers.models.StaticEmbedding' },
          { idx: 1, name: '1', path: '1_Normalize', type: 'sentence_transformers.models.Normalize' },
        ],
        'config.json': { model_type: 'model2vec', hidden_dim: SIZE, seq_length: 1_000_000 },
      },
    },
    [
      /^modules\.json asks for sentence_transformers\.models\.StaticEmbedding, which is not supported; supported are /,
      /^no file of the model says how many tokens it takes/,
      /^onnx\/model\.onnx asks for offsets, which a text does not give; supported are /,
      /^onnx\/model\.onnx has the outputs embeddings, none of which can be used here; supported are /,
    ],
  ],
  [
    'google/embeddinggemma-300m without its modules',
    { inputs: NO_TOKEN_TYPES, files: { ...tokenizer(2048), 'config.json': { ...bert(2048), model_type: 'gemma3_text' } } },
    [/^modules\.json and 1_Pooling\/config\.json are missing .* set EMBEDDING_POOLING/],
  ],
];
