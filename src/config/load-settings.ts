import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { coresOfThisProcess } from './cores.js';
import { isModelFolder } from './is-model-folder.js';
import { memoryOfThisProcess } from './memory.js';
import { chosenModels } from './models/models-file.js';
import { isNamed } from './models/named-model.js';
import { parseSettings } from './parse-settings.js';
import type { Settings } from './settings.js';

/** The setting that names the model of a provider. */
const MODEL_SETTINGS = { local: 'EMBEDDING_MODEL', openai: 'OPENAI_MODEL' } as const;

type Given = Readonly<Record<string, string>>;

/**
 * Reads the settings of this process. The values of `given` come first, then those of the environment, then those of the
 * .env file of the working directory. `model` asks for one model: one of those that they configure, or any other. Writes
 * warnings to stderr.
 */
export function loadSettings(given: Given = {}, model?: string): Settings {
  const warn = (line: string): void => void process.stderr.write(`Warning: ${line}\n`);
  if (model === undefined) return read(given, warn);
  return configured(model, given) ?? read({ ...given, ...settingOfModel(model, given) }, warn);
}

/** The settings that make this the only model, of the provider that the settings choose. */
export function settingOfModel(model: string, given: Given = {}): Given {
  const alone = { EMBEDDING_MODELS: '', MODELS_FILE: '' };
  const { provider } = read({ ...given, ...alone, EMBEDDING_MODEL: '', OPENAI_MODEL: '' }, () => undefined).embedding;
  return { ...alone, [MODEL_SETTINGS[provider]]: model };
}

/** The environment in which the service serves this model alone: one of those that the settings configure, or any other. */
export function environmentToServe(model: string, given: Given = {}): Given {
  if (!namesModels(given)) return settingOfModel(model, given);
  const { models, openAiApi } = read(given, () => undefined);
  const chosen = models.find((candidate) => isNamed(model, candidate, openAiApi.modelAliases));
  if (chosen === undefined) return settingOfModel(model, given);
  const aliases = openAiApi.modelAliases.filter((alias) => alias.model === undefined || isNamed(alias.model, chosen, []));
  const MODEL_ALIASES = aliases.map(({ alias, model: stands }) => (stands === undefined ? alias : `${alias}=${stands}`)).join(',');
  const { MODELS_FILE: file = '' } = environmentOf(given);
  if (file.trim() !== '') return { MODELS_FILE: `${chosenModels(file.trim()).path}#${chosen.name ?? chosen.model}`, MODEL_ALIASES };
  return { EMBEDDING_MODELS: `${chosen.provider === 'openai' ? 'openai:' : ''}${chosen.model}`, MODEL_ALIASES };
}

/** The settings with this model alone; undefined = there are not several models, or none of them has this name. */
function configured(model: string, given: Given): Settings | undefined {
  if (!namesModels(given)) return undefined;
  const settings = read(given, () => undefined);
  const embedding = settings.models.find((candidate) => isNamed(model, candidate, settings.openAiApi.modelAliases));
  return embedding && { ...settings, embedding, models: [embedding], openAiApi: { ...settings.openAiApi, modelAliases: [] } };
}

function namesModels(given: Given): boolean {
  const { EMBEDDING_MODELS: list = '', MODELS_FILE: file = '' } = environmentOf(given);
  return list.trim() !== '' || file.trim() !== '';
}

function read(given: Given, warn: (line: string) => void): Settings {
  const machine = { cores: coresOfThisProcess(), memoryBytes: memoryOfThisProcess(), isModelFolder, readFile: readIfThere };
  return parseSettings(environmentOf(given), machine, warn);
}

function environmentOf(given: Given): Readonly<Record<string, string | undefined>> {
  const fromFile = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return { ...fromFile, ...process.env, ...given };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the setting that names the file reports this
  }
}
