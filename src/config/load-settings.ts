import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { coresOfThisProcess } from './cores.js';
import { isModelFolder } from './is-model-folder.js';
import { memoryOfThisProcess } from './memory.js';
import { parseSettings } from './parse-settings.js';
import type { Settings } from './settings.js';

/** The setting that names the model of a provider. */
const MODEL_SETTINGS = { local: 'EMBEDDING_MODEL', openai: 'OPENAI_MODEL' } as const;

type Given = Readonly<Record<string, string>>;

/**
 * Reads the settings of this process. The values of `given` come first, then those of the environment, then those of the
 * .env file of the working directory. `model` replaces the model of the provider that they choose. Writes warnings to stderr.
 */
export function loadSettings(given: Given = {}, model?: string): Settings {
  const warn = (line: string): void => void process.stderr.write(`Warning: ${line}\n`);
  return read({ ...given, ...(model !== undefined && settingOfModel(model, given)) }, warn);
}

/** The setting that makes this the model of the provider that the settings choose. */
export function settingOfModel(model: string, given: Given = {}): Given {
  const { provider } = read({ ...given, EMBEDDING_MODEL: '', OPENAI_MODEL: '' }, () => undefined).embedding;
  return { [MODEL_SETTINGS[provider]]: model };
}

function read(given: Given, warn: (line: string) => void): Settings {
  const fromFile = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  const machine = { cores: coresOfThisProcess(), memoryBytes: memoryOfThisProcess(), isModelFolder, readFile: readIfThere };
  return parseSettings({ ...fromFile, ...process.env, ...given }, machine, warn);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the setting that names the file reports this
  }
}
