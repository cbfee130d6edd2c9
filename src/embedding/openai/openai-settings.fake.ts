import { CHECK_VARIABLES, NAMES_OF_ONE, type OpenAiEmbeddingSettings } from '../../config/index.js';

/** For tests: settings of a small upstream of the test's own. */
export function openAiSettings(settings: Partial<OpenAiEmbeddingSettings> = {}): OpenAiEmbeddingSettings {
  return {
    names: NAMES_OF_ONE.openai,
    provider: 'openai',
    name: undefined,
    aliases: [],
    dimensions: undefined,
    maxTokens: undefined,
    maxTextLength: 10_000,
    maxDocumentLength: 1_000_000,
    maxForeignTextLength: 100_000,
    maxTokenIds: 8192,
    maxQueuedTexts: 4096,
    prompts: undefined,
    check: { path: undefined, leastCosine: 0.999, names: CHECK_VARIABLES },
    apiKey: undefined,
    baseUrl: 'http://127.0.0.1:9/v1',
    model: 'tiny',
    timeoutMs: 30_000,
    maxRetries: 3,
    concurrency: 8,
    maxInputsPerCall: 512,
    maxTokensPerCall: 300_000,
    sendDimensions: undefined,
    dollarsPerMillionTokens: undefined,
    ...settings,
  };
}
