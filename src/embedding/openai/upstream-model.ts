import { SettingsError, type OpenAiEmbeddingSettings } from '../../config/index.js';
import { knownModel } from './known-models.js';

/** The limit of OpenAI's models (https://platform.openai.com/docs/guides/embeddings); assumed for other models, too. */
const USUAL_MAX_TOKENS = 8192;

/** The facts about the upstream's model that are known without asking it. */
export interface UpstreamModel {
  readonly name: string;
  /** Undefined = only the upstream knows. */
  readonly dimensions: number | undefined;
  /** The number to ask for; undefined = the model's own. */
  readonly askedDimensions: number | undefined;
  readonly maxTokens: number;
  /** Undefined = unknown, so costs are not counted. */
  readonly dollarsPerMillionTokens: number | undefined;
}

/** Throws a SettingsError for dimensions that a known model cannot have. */
export function upstreamModel(settings: OpenAiEmbeddingSettings): UpstreamModel {
  const { model: name, names, dimensions } = settings;
  const known = knownModel(name);
  const shortens = settings.sendDimensions ?? known?.shortens ?? false;
  if (known !== undefined && dimensions !== undefined && !(shortens ? dimensions <= known.dimensions : dimensions === known.dimensions)) {
    const allowed = shortens ? `1 to ${known.dimensions}` : String(known.dimensions);
    throw new SettingsError([
      `${names.place}${names.dimensions}=${dimensions} is not allowed: use ${allowed}, what ${name} has, or leave it unset`,
    ]);
  }
  return {
    name,
    dimensions: dimensions ?? known?.dimensions,
    askedDimensions: shortens && dimensions !== known?.dimensions ? dimensions : undefined,
    maxTokens: settings.maxTokens ?? USUAL_MAX_TOKENS,
    dollarsPerMillionTokens: settings.dollarsPerMillionTokens ?? known?.dollarsPerMillionTokens,
  };
}
