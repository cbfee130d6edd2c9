/** The names of a model's settings as the operator has written them, for messages about them. */
export interface SettingNames {
  /** The words before a line about any of them, which name their file; empty = they are variables. */
  readonly place: string;
  readonly model: string;
  readonly dtype: string;
  readonly pooling: string;
  readonly dimensions: string;
  readonly maxTokens: string;
  readonly prompts: string;
  readonly check: string;
  readonly leastCosine: string;
}

const VARIABLES = {
  place: '',
  model: 'EMBEDDING_MODEL',
  dtype: 'EMBEDDING_DTYPE',
  pooling: 'EMBEDDING_POOLING',
  dimensions: 'EMBEDDING_DIM',
  maxTokens: 'EMBEDDING_MAX_TOKENS',
  prompts: 'EMBEDDING_PROMPTS',
  check: 'EMBEDDING_CHECK',
  leastCosine: 'EMBEDDING_CHECK_COSINE',
} as const;

/** The names where variables describe the one model, by its kind of provider. */
export const NAMES_OF_ONE = { local: VARIABLES, openai: { ...VARIABLES, model: 'OPENAI_MODEL' } } as const;

/** The names where EMBEDDING_MODELS lists the models. */
export const NAMES_IN_LIST: SettingNames = { ...VARIABLES, model: 'EMBEDDING_MODELS' };

/** The names for the model with this index in MODELS_FILE. */
export function namesInFile(path: string, index: number): SettingNames {
  const model = `models[${index}]`;
  return {
    place: `MODELS_FILE=${path}: `,
    model: `${model}.source`,
    dtype: `${model}.dtype`,
    pooling: `${model}.pooling`,
    dimensions: `${model}.dimensions`,
    maxTokens: `${model}.max_tokens`,
    prompts: `${model}.prompts`,
    check: `${model}.check`,
    leastCosine: `${model}.check_cosine`,
  };
}

export const CHECK_VARIABLES = { path: VARIABLES.check, leastCosine: VARIABLES.leastCosine } as const;

/** Says in a line what is wrong with the model that the settings name. */
export function faultOfModel({ names, model }: { readonly names: SettingNames; readonly model: string }, fault: string): string {
  return `${names.place}${names.model}=${model}${fault}`;
}
