import { BUNDLED_MODELS, isBundledModel } from '../bundled-models.js';
import { DTYPES, type EmbeddingSettings } from '../embedding-settings.js';
import type { Machine } from '../machine.js';
import type { Reader } from '../setting-readers.js';

const HUB_ID = /^[\w-][\w.-]*\/[\w-][\w.-]*(?:@[\w-][\w./-]*)?$/;
const UPSTREAM = 'openai:';

/** The kind of provider that computes a model, and the provider's name for it. */
export interface ModelSource {
  readonly provider: EmbeddingSettings['provider'];
  readonly model: string;
}

/** A model that is computed on this machine. */
export function modelReference(machine: Machine): Reader<string> {
  const allowed = `a bundled model (${BUNDLED_MODELS.join(', ')}), a folder with a config.json, or a hub id such as Xenova/all-MiniLM-L6-v2, with @revision where one is wanted`;
  return (raw) => (isBundledModel(raw) || machine.isModelFolder(raw) || HUB_ID.test(raw) ? { value: raw } : { allowed });
}

/** A model of this machine, or `openai:MODEL`. */
export function modelSource(machine: Machine): Reader<ModelSource> {
  const local = modelReference(machine);
  return (raw) => {
    const upstream = raw.startsWith(UPSTREAM) ? raw.slice(UPSTREAM.length) : undefined;
    if (upstream !== undefined && upstream !== '') return { value: { provider: 'openai', model: upstream } };
    const read = local(raw);
    if ('value' in read) return { value: { provider: 'local', model: read.value } };
    return { allowed: `${read.allowed}; or openai:MODEL for a model of OpenAI or of a compatible provider` };
  };
}

/** A weight format, or the ONNX file itself, relative to the model's folder. */
export const weights: Reader<string> = (raw) => {
  const isFile = /^[\w./-]+\.onnx$/.test(raw) && !raw.split('/').includes('..') && !raw.startsWith('/');
  return isFile || DTYPES.some((dtype) => dtype === raw)
    ? { value: raw }
    : { allowed: `${DTYPES.join(', ')}, or an ONNX file of the model such as onnx/model_O4.onnx` };
};

export const PROMPTS_ALLOWED = 'a JSON object of texts by input type, such as {"query": "query: ", "document": "passage: "}';

export const promptTexts: Reader<Readonly<Record<string, string>>> = (raw) => {
  try {
    const value: unknown = JSON.parse(raw);
    return arePrompts(value) ? { value } : { allowed: PROMPTS_ALLOWED };
  } catch {
    return { allowed: PROMPTS_ALLOWED };
  }
};

export function arePrompts(value: unknown): value is Readonly<Record<string, string>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.values(value).every((prompt) => typeof prompt === 'string');
}
