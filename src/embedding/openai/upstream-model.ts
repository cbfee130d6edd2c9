import { SettingsError, type OpenAiEmbeddingSettings } from '../../config/index.js';
import { knownModel } from './known-models.js';

/** What OpenAI's models read (https://platform.openai.com/docs/guides/embeddings); assumed of others too. */
const USUAL_MAX_TOKENS = 8192;

/** What is known of the upstream's model before it is asked. */
export interface UpstreamModel {
  readonly name: string;
  /** undefined = only the upstream knows. */
  readonly dimensions: number | undefined;
  /** What to ask for; undefined = what the model has. */
  readonly askedDimensions: number | undefined;
  readonly maxTokens: number;
  /** undefined = unknown, so costs are not counted. */
  readonly dollarsPerMillionTokens: number | undefined;
}

/** Throws a SettingsError for dimensions that a known model cannot have. */
export function upstreamModel(settings: OpenAiEmbeddingSettings): UpstreamModel {
  const { model: name, dimensions } = settings;
  const known = knownModel(name);
  const shortens = settings.sendDimensions ?? known?.shortens ?? false;
  if (known !== undefined && dimensions !== undefined && !(shortens ? dimensions <= known.dimensions : dimensions === known.dimensions)) {
    const allowed = shortens ? `1 to ${known.dimensions}` : String(known.dimensions);
    throw new SettingsError([`EMBEDDING_DIM=${dimensions} is not allowed: use ${allowed}, what ${name} has, or leave it unset`]);
  }
  return {
    name,
    dimensions: dimensions ?? known?.dimensions,
    askedDimensions: shortens && dimensions !== known?.dimensions ? dimensions : undefined,
    maxTokens: settings.maxTokens ?? USUAL_MAX_TOKENS,
    dollarsPerMillionTokens: settings.dollarsPerMillionTokens ?? known?.dollarsPerMillionTokens,
  };
}
