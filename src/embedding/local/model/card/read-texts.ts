import type { SettingNames } from '../../../../config/index.js';
import { knownModel } from '../known-models.js';
import type { CardNote, Padding } from './model-card.js';
import { firstNumber, isObject, type JsonObject, type ModelFolder } from './model-folder.js';
import { readTransformer, type TransformerConfig } from './read-transformer.js';

export const PROMPTS_FILE = 'config_sentence_transformers.json';
/** Others have no vector of a text: SparseEncoder, CrossEncoder, MultiVectorEncoder. */
const LIBRARY_TYPE = 'SentenceTransformer';
const POSITION_NAMES = ['max_position_embeddings', 'n_positions', 'max_sequence_length', 'max_seq_len'];
/** They count positions from the one after the padding's, which is 1 where config.json does not say it: 514 are 512 tokens. */
const WITH_POSITION_OFFSET = [
  'roberta',
  'roberta-prelayernorm',
  'xlm-roberta',
  'xlm-roberta-xl',
  'camembert',
  'longformer',
  'data2vec-text',
  'xmod',
  'ibert',
  'luke',
];
/** Always takes 1 for the padding's position. */
const WITH_OFFSET_OF_2 = 'mpnet';
const USUAL_OFFSET = 2;
/** The value in tokenizer_config.json that means "no limit": int(1e30). */
const UNLIMITED_TOKENS = 1_000_000;

export interface TextRules {
  readonly maxTokens: number;
  readonly lowerCase: boolean;
  readonly padding: Padding;
  readonly prompts: Readonly<Record<string, string>>;
  readonly defaultPrompt: string | undefined;
  readonly similarity: string | undefined;
  readonly notes: readonly CardNote[];
}

export interface TextOptions {
  readonly name: string;
  readonly names: SettingNames;
  readonly maxTokens: number | undefined;
  readonly prompts: Readonly<Record<string, string>> | undefined;
}

/** How a text becomes tokens, by sentence_bert_config.json, config_sentence_transformers.json, config.json and the tokenizer's. */
export function readTextRules(folder: ModelFolder, config: JsonObject, options: TextOptions): TextRules {
  const transformer = readTransformer(folder);
  const tokenizer = folder.object('tokenizer_config.json');
  if (tokenizer['truncation_side'] === 'left')
    folder.fault('tokenizer_config.json', 'has truncation_side left, which is not supported; supported is right');
  const positionOffset = offsetOf(config);
  const positions = firstNumber(config, POSITION_NAMES);
  const limit = positions === undefined ? undefined : positions - positionOffset;
  const tokens = maxTokensOf(folder, { ...transformer, limit, trained: firstNumber(tokenizer, ['model_max_length']) }, options);
  if (options.maxTokens !== undefined && limit !== undefined && options.maxTokens > limit)
    folder.faults.push(
      `${options.names.maxTokens}=${options.maxTokens} is not allowed: use 3 to ${limit}, the positions that ${options.name} has`,
    );
  const prompts = promptsOf(folder, options);
  return {
    maxTokens: tokens.maxTokens,
    lowerCase: transformer.lowerCase,
    padding: {
      side: (transformer.paddingSide ?? tokenizer['padding_side']) === 'left' ? 'left' : 'right',
      id: typeof config['pad_token_id'] === 'number' ? config['pad_token_id'] : 0,
      positionOffset,
    },
    ...prompts,
    notes: [...tokens.notes, ...prompts.notes],
  };
}

interface TokenLimits extends TransformerConfig {
  /** The number of positions. */
  readonly limit: number | undefined;
  /** The limit that the tokenizer states. */
  readonly trained: number | undefined;
}

function offsetOf({ model_type: type, pad_token_id: padding }: JsonObject): number {
  if (type === WITH_OFFSET_OF_2) return USUAL_OFFSET;
  if (!WITH_POSITION_OFFSET.includes(String(type))) return 0;
  return typeof padding === 'number' ? padding + 1 : USUAL_OFFSET;
}

type MostTokens = Pick<TextRules, 'maxTokens' | 'notes'>;

function maxTokensOf(folder: ModelFolder, { file, maxTokens, limit, trained }: TokenLimits, options: TextOptions): MostTokens {
  const atMost = (tokens: number): number => Math.min(tokens, limit ?? Infinity);
  const noted = (tokens: number, from: string): MostTokens => ({ maxTokens: tokens, notes: [{ what: 'max tokens', from }] });
  if (options.maxTokens !== undefined) return noted(options.maxTokens, options.names.maxTokens);
  const declared = firstNumber({ maxTokens }, ['maxTokens']);
  if (declared !== undefined && file !== undefined) return noted(atMost(declared), file);
  const known = knownModel(options.name);
  if (known !== undefined && file === undefined) return noted(atMost(known.maxTokens), `the list of known models (${known.source})`);
  if (trained !== undefined && trained < UNLIMITED_TOKENS) return noted(atMost(trained), 'tokenizer_config.json');
  if (limit !== undefined) return noted(limit, 'config.json');
  folder.faults.push(`no file of the model says how many tokens it takes: set ${options.names.maxTokens} to what its page says`);
  return { maxTokens: 0, notes: [] };
}

type PromptRules = Pick<TextRules, 'prompts' | 'defaultPrompt' | 'similarity' | 'notes'>;

/** The fields of the file that decide vectors are prompts, default_prompt_name, truncate_dim (see readHead) and this one. */
function checkType(folder: ModelFolder, { model_type: type = LIBRARY_TYPE }: JsonObject): void {
  if (type !== LIBRARY_TYPE)
    folder.fault(PROMPTS_FILE, `has model_type ${JSON.stringify(type)}, which is not supported; supported is ${LIBRARY_TYPE}`);
}

function promptsOf(folder: ModelFolder, options: TextOptions): PromptRules {
  const { prompts: asked } = options;
  const file = folder.object(PROMPTS_FILE);
  checkType(folder, file);
  const similarity = typeof file['similarity_fn_name'] === 'string' ? file['similarity_fn_name'] : undefined;
  const declared = declaredPrompts(folder, file);
  const defaultPrompt = asked === undefined ? defaultOf(folder, file, declared) : undefined;
  const chosen = chosenPrompts(declared, options);
  return {
    prompts: chosen.prompts,
    defaultPrompt,
    similarity,
    notes: chosen.from === undefined ? [] : [{ what: 'prompts', from: chosen.from }],
  };
}

type Texts = Readonly<Record<string, string>>;

/** The library writes empty prompts where a model has none. */
function chosenPrompts(declared: Texts, { prompts: asked, name, names }: TextOptions): { prompts: Texts; from?: string } {
  if (asked !== undefined) return { prompts: asked, from: names.prompts };
  if (Object.values(declared).some((text) => text !== '')) return { prompts: declared, from: PROMPTS_FILE };
  const known = knownModel(name);
  if (known?.prompts === undefined) return { prompts: {} };
  return { prompts: known.prompts, from: `the list of known models (${known.source})` };
}

/** A prompt that is null is empty to the library. */
function declaredPrompts(folder: ModelFolder, { prompts }: JsonObject): Texts {
  const entries = Object.entries(isObject(prompts) ? prompts : {}).map(([name, text]) => [name, text ?? ''] as const);
  const areTexts = entries.every((entry): entry is readonly [string, string] => typeof entry[1] === 'string');
  if (areTexts && (isObject(prompts) || prompts === undefined || prompts === null)) return Object.fromEntries(entries);
  folder.fault(PROMPTS_FILE, 'must have texts as its prompts');
  return {};
}

function defaultOf(folder: ModelFolder, { default_prompt_name: name }: JsonObject, prompts: Texts): string | undefined {
  if (typeof name !== 'string') return undefined;
  if (Object.hasOwn(prompts, name)) return name;
  folder.fault(PROMPTS_FILE, `names ${name} as default_prompt_name, which is none of its prompts (${Object.keys(prompts).join(', ')})`);
  return undefined;
}
