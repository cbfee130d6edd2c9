/** Facts that OpenAI publishes about its models. */
interface KnownModel {
  readonly dimensions: number;
  /** Whether a request may ask for fewer dimensions. */
  readonly shortens: boolean;
  readonly dollarsPerMillionTokens: number;
}

/** https://platform.openai.com/docs/models, list prices of 2025; OPENAI_PRICE sets others. */
const KNOWN_MODELS: Readonly<Record<string, KnownModel>> = {
  'text-embedding-3-small': { dimensions: 1536, shortens: true, dollarsPerMillionTokens: 0.02 },
  'text-embedding-3-large': { dimensions: 3072, shortens: true, dollarsPerMillionTokens: 0.13 },
  'text-embedding-ada-002': { dimensions: 1536, shortens: false, dollarsPerMillionTokens: 0.1 },
};

export function knownModel(name: string): KnownModel | undefined {
  return Object.hasOwn(KNOWN_MODELS, name) ? KNOWN_MODELS[name] : undefined;
}
