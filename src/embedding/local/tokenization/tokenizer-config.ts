import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface NormalizerConfig {
  readonly type?: string;
  readonly lowercase?: unknown;
}

interface PreTokenizerConfig {
  readonly type?: string;
  readonly add_prefix_space?: boolean;
  /** Of a sequence. */
  readonly pretokenizers?: readonly PreTokenizerConfig[];
}

/** A tokenizer.json. */
export interface TokenizerConfig {
  readonly normalizer?: NormalizerConfig | null;
  readonly pre_tokenizer?: PreTokenizerConfig | null;
  readonly model?: { readonly type?: string };
  readonly added_tokens?: readonly { readonly content: string }[];
}

interface TokenizerOptions {
  readonly tokenizer_class?: unknown;
  readonly do_lower_case?: unknown;
  readonly strip_accents?: unknown;
  readonly tokenize_chinese_chars?: unknown;
  readonly add_prefix_space?: unknown;
}

/**
 * Classes of transformers that make their normalisation from tokenizer_config.json, whatever tokenizer.json says, and the
 * kinds of models that have one of these classes where tokenizer_config.json names none.
 */
const BERT_CLASSES = ['Bert', 'DistilBert', 'Electra', 'ConvBert', 'MobileBert', 'SqueezeBert', 'MPNet', 'RetriBert', 'Lxmert', 'LayoutLM'];
const BERT_KINDS = [
  'bert',
  'distilbert',
  'electra',
  'convbert',
  'mobilebert',
  'squeezebert',
  'mpnet',
  'ernie',
  'megatron-bert',
  'nomic_bert',
];

/** The kinds that the library knows. It reads a tokenizer of another kind as one of these. */
const MODELS = ['WordPiece', 'BPE', 'Unigram'];

/** Reads a model's tokenizer as transformers reads it. Throws for one that the library would read otherwise. */
export function readTokenizer(folder: string): TokenizerConfig {
  const config = withBertOptions(readJson(folder, 'tokenizer.json'), folder);
  const type = config.model?.type;
  if (type !== undefined && !MODELS.includes(type))
    throw new Error(`tokenizer.json has a model of the type ${type}, which is not supported; supported are ${MODELS.join(', ')}`);
  checkPrefixSpace(config.pre_tokenizer, readJson(folder, 'tokenizer_config.json'));
  return config;
}

/** Versions of transformers follow different files where these do not agree. */
function checkPrefixSpace(config: PreTokenizerConfig | null | undefined, options: TokenizerOptions): void {
  const { add_prefix_space: asked } = options;
  config?.pretokenizers?.forEach((each) => checkPrefixSpace(each, options));
  if (config?.type !== 'ByteLevel' || typeof asked !== 'boolean' || config.add_prefix_space === asked) return;
  throw new Error(
    `tokenizer_config.json has add_prefix_space ${asked}, but tokenizer.json has ${config.add_prefix_space}: make them agree`,
  );
}

function withBertOptions(config: TokenizerConfig, folder: string): TokenizerConfig {
  if (config.normalizer?.type !== 'BertNormalizer') return config;
  const options = readJson(folder, 'tokenizer_config.json') as TokenizerOptions;
  if (!isBert(options, folder)) return config;
  const normalizer = {
    ...config.normalizer,
    lowercase: options.do_lower_case ?? true,
    strip_accents: options.strip_accents ?? null,
    handle_chinese_chars: options.tokenize_chinese_chars ?? true,
  };
  return { ...config, normalizer };
}

function isBert({ tokenizer_class: name }: TokenizerOptions, folder: string): boolean {
  if (typeof name === 'string') return BERT_CLASSES.includes(name.replace(/Tokenizer(?:Fast)?$/, ''));
  return BERT_KINDS.includes(String((readJson(folder, 'config.json') as { readonly model_type?: unknown }).model_type));
}

/** Whether no token reaches over a space: BERT's tokenizers cut a text at spaces before they look at more than one character. */
export function isOfWords({ normalizer, pre_tokenizer, model, added_tokens = [] }: TokenizerConfig): boolean {
  const isBertLike = normalizer?.type === 'BertNormalizer' && pre_tokenizer?.type === 'BertPreTokenizer' && model?.type === 'WordPiece';
  return isBertLike && added_tokens.every(({ content }) => !/\s/.test(content));
}

function readJson(folder: string, name: string): object {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;
}
