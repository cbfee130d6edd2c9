import { isObject, type JsonObject, type ModelFolder } from './model-folder.js';

/** Named after the kind of model in older versions of sentence-transformers. */
export const TRANSFORMER_FILES = ['bert', 'roberta', 'distilbert', 'camembert', 'albert', 'xlm-roberta', 'xlnet'].map(
  (kind) => `sentence_${kind}_config.json`,
);

/** The options that sentence-transformers hands to PyTorch and the tokenizer, by the names before and since version 5.4. */
const MODEL_OPTIONS = ['model_args', 'model_kwargs', 'config_args', 'config_kwargs'];
const TOKENIZER_OPTIONS = ['tokenizer_args', 'processor_kwargs'];
/** Options that cannot change the vectors of a float32 graph, because it is exported already. */
const HARMLESS_MODEL_OPTIONS = [
  'trust_remote_code',
  'attn_implementation',
  'torch_dtype',
  'dtype',
  'device_map',
  'use_cache',
  'add_pooling_layer',
];
const READ_TOKENIZER_OPTIONS = ['trust_remote_code', 'use_fast', 'model_max_length', 'padding_side'];

interface Rule {
  readonly isSupported: (value: unknown) => boolean;
  readonly supported: string;
}

const NONE: Rule = { isSupported: isNone, supported: 'none' };

/** Each field that may change a vector, and the values with which it does not change it or is followed. */
const RULES: Readonly<Record<string, Rule>> = {
  transformer_task: oneOf('feature-extraction'),
  module_output_name: oneOf('token_embeddings'),
  modality_config: { isSupported: isOfTexts, supported: '{"text":{"method":"forward","method_output_name":"last_hidden_state"}}' },
  processing_kwargs: NONE,
  query_length: NONE,
  document_length: NONE,
  query_expansion: NONE,
  tokenizer_name_or_path: NONE,
  ...Object.fromEntries(MODEL_OPTIONS.map((name) => [name, optionsIn(HARMLESS_MODEL_OPTIONS)])),
  ...Object.fromEntries(TOKENIZER_OPTIONS.map((name) => [name, optionsIn(READ_TOKENIZER_OPTIONS)])),
};
const FREE = ['max_seq_length', 'do_lower_case', 'unpad_inputs'];

/** The content of the file of the Transformer module; the file is undefined if there is none. */
export interface TransformerConfig {
  readonly file: string | undefined;
  readonly maxTokens: unknown;
  readonly lowerCase: boolean;
  /** undefined = as the tokenizer's own file says. */
  readonly paddingSide: unknown;
}

export function readTransformer(folder: ModelFolder): TransformerConfig {
  const file = TRANSFORMER_FILES.find((name) => folder.has(name));
  const config = file === undefined ? {} : folder.object(file);
  if (file !== undefined) check(folder, file, config);
  const options = TOKENIZER_OPTIONS.map((name) => config[name]).find(isObject) ?? {};
  return {
    file,
    maxTokens: options['model_max_length'] ?? config['max_seq_length'],
    lowerCase: config['do_lower_case'] === true,
    paddingSide: options['padding_side'],
  };
}

function check(folder: ModelFolder, file: string, config: JsonObject): void {
  folder.checkFields(file, config, [...FREE, ...Object.keys(RULES)]);
  for (const [name, { isSupported, supported }] of Object.entries(RULES)) {
    if (!isNone(config[name]) && !isSupported(config[name]))
      folder.fault(file, `has ${name} ${JSON.stringify(config[name])}, which is not supported; supported is ${supported}`);
  }
}

function isNone(value: unknown): boolean {
  return value === undefined || value === null || (isObject(value) && Object.keys(value).length === 0);
}

function oneOf(name: string): Rule {
  return { isSupported: (value) => value === name, supported: name };
}

function optionsIn(names: readonly string[]): Rule {
  return {
    isSupported: (value) => isObject(value) && Object.keys(value).every((name) => names.includes(name)),
    supported: names.join(', '),
  };
}

/** With a modality "message", texts are put into a chat template. */
function isOfTexts(value: unknown): boolean {
  if (!isObject(value) || !isObject(value['text']) || 'message' in value) return false;
  return value['text']['method'] === 'forward' && value['text']['method_output_name'] === 'last_hidden_state';
}
