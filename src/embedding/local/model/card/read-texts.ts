import { knownModel } from '../known-models.js';
import type { CardNote, Padding } from './model-card.js';
import { firstNumber, isObject, type JsonObject, type ModelFolder } from './model-folder.js';

const PROMPTS_FILE = 'config_sentence_transformers.json';
/** Named after the kind of model in older versions of sentence-transformers. */
export const TRANSFORMER_FILES = ['bert', 'roberta', 'distilbert', 'camembert', 'albert', 'xlm-roberta', 'xlnet'].map(
  (kind) => `sentence_${kind}_config.json`,
);
const POSITION_NAMES = ['max_position_embeddings', 'n_positions', 'max_sequence_length', 'max_seq_len'];
/** They count positions from the one after the padding's: 514 of them are 512 tokens. */
const WITH_POSITION_OFFSET = ['roberta', 'xlm-roberta', 'xlm-roberta-xl', 'camembert', 'mpnet', 'longformer', 'data2vec-text', 'xmod'];
const OFFSET = 2;
/** The value in tokenizer_config.json that means "no limit": int(1e30). */
const UNLIMITED_TOKENS = 1_000_000;
/** Where nothing says otherwise: BERT's positions. */
const USUAL_MAX_TOKENS = 512;

export interface TextRules {
  readonly maxTokens: number;
  readonly lowerCase: boolean;
  readonly padding: Padding;
  readonly prompts: Readonly<Record<string, string>>;
  readonly defaultPrompt: string | undefined;
  readonly similarity: string | undefined;
  readonly notes: readonly CardNote[];
}

export interface TextWishes {
  readonly name: string;
  readonly maxTokens: number | undefined;
  readonly prompts: Readonly<Record<string, string>> | undefined;
}

/** How a text becomes tokens, by sentence_bert_config.json, config_sentence_transformers.json, config.json and the tokenizer's. */
export function readTextRules(folder: ModelFolder, config: JsonObject, wishes: TextWishes): TextRules {
  const transformer = transformerConfig(folder);
  const tokenizer = folder.object('tokenizer_config.json');
  const positionOffset = WITH_POSITION_OFFSET.includes(String(config['model_type'])) ? OFFSET : 0;
  const positions = firstNumber(config, POSITION_NAMES);
  const limit = positions === undefined ? undefined : positions - positionOffset;
  const tokens = maxTokensOf({ ...transformer, limit, trained: firstNumber(tokenizer, ['model_max_length']) }, wishes);
  if (wishes.maxTokens !== undefined && limit !== undefined && wishes.maxTokens > limit)
    folder.faults.push(`EMBEDDING_MAX_TOKENS=${wishes.maxTokens} is not allowed: use 3 to ${limit}, the positions that ${wishes.name} has`);
  const prompts = promptsOf(folder, wishes);
  return {
    maxTokens: tokens.maxTokens,
    lowerCase: transformer.config['do_lower_case'] === true,
    padding: {
      side: tokenizer['padding_side'] === 'left' ? 'left' : 'right',
      id: typeof config['pad_token_id'] === 'number' ? config['pad_token_id'] : 0,
      positionOffset,
    },
    ...prompts,
    notes: [...tokens.notes, ...prompts.notes],
  };
}

interface TransformerConfig {
  readonly file: string | undefined;
  readonly config: JsonObject;
}

function transformerConfig(folder: ModelFolder): TransformerConfig {
  const file = TRANSFORMER_FILES.find((name) => folder.has(name));
  return { file, config: file === undefined ? {} : folder.object(file) };
}

interface TokenLimits extends TransformerConfig {
  /** The number of positions. */
  readonly limit: number | undefined;
  /** The limit that the tokenizer states. */
  readonly trained: number | undefined;
}

function maxTokensOf({ file, config, limit, trained }: TokenLimits, wishes: TextWishes): { maxTokens: number; notes: readonly CardNote[] } {
  const atMost = (tokens: number): number => Math.min(tokens, limit ?? Infinity);
  const noted = (tokens: number, from: string): ReturnType<typeof maxTokensOf> => ({
    maxTokens: tokens,
    notes: [{ what: 'max tokens', from }],
  });
  if (wishes.maxTokens !== undefined) return noted(wishes.maxTokens, 'EMBEDDING_MAX_TOKENS');
  const declared = firstNumber(config, ['max_seq_length']);
  if (declared !== undefined && file !== undefined) return noted(atMost(declared), file);
  const known = knownModel(wishes.name);
  if (known !== undefined && file === undefined) return noted(atMost(known.maxTokens), `the list of known models (${known.source})`);
  if (trained !== undefined && trained < UNLIMITED_TOKENS) return noted(atMost(trained), 'tokenizer_config.json');
  return noted(limit ?? USUAL_MAX_TOKENS, limit === undefined ? 'nothing in the folder: 512 is usual' : 'config.json');
}

type PromptRules = Pick<TextRules, 'prompts' | 'defaultPrompt' | 'similarity' | 'notes'>;

function promptsOf(folder: ModelFolder, { name, prompts: asked }: TextWishes): PromptRules {
  const file = folder.object(PROMPTS_FILE);
  const similarity = typeof file['similarity_fn_name'] === 'string' ? file['similarity_fn_name'] : undefined;
  const declared = declaredPrompts(folder, file);
  const defaultPrompt = asked === undefined ? defaultOf(folder, file, declared) : undefined;
  const chosen = chosenPrompts(asked, declared, name);
  return {
    prompts: chosen.prompts,
    defaultPrompt,
    similarity,
    notes: chosen.from === undefined ? [] : [{ what: 'prompts', from: chosen.from }],
  };
}

type Texts = Readonly<Record<string, string>>;

/** The library writes empty prompts where a model has none. */
function chosenPrompts(asked: Texts | undefined, declared: Texts, name: string): { prompts: Texts; from?: string } {
  if (asked !== undefined) return { prompts: asked, from: 'EMBEDDING_PROMPTS' };
  if (Object.values(declared).some((text) => text !== '')) return { prompts: declared, from: PROMPTS_FILE };
  const known = knownModel(name);
  if (known?.prompts === undefined) return { prompts: {} };
  return { prompts: known.prompts, from: `the list of known models (${known.source})` };
}

function declaredPrompts(folder: ModelFolder, { prompts = {} }: JsonObject): Texts {
  if (isObject(prompts) && Object.values(prompts).every((text) => typeof text === 'string')) return prompts as Texts;
  folder.fault(PROMPTS_FILE, 'must have texts as its prompts');
  return {};
}

function defaultOf(folder: ModelFolder, { default_prompt_name: name }: JsonObject, prompts: Texts): string | undefined {
  if (typeof name !== 'string') return undefined;
  if (Object.hasOwn(prompts, name)) return name;
  folder.fault(PROMPTS_FILE, `names ${name} as default_prompt_name, which is none of its prompts (${Object.keys(prompts).join(', ')})`);
  return undefined;
}
