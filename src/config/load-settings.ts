import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { coresOfThisProcess } from './cores.js';
import { isModelFolder } from './is-model-folder.js';
import { parseSettings } from './parse-settings.js';
import type { Settings } from './settings.js';

/** Reads the settings of this process from its environment, and what is not set there from the .env file of the working directory. */
export function loadSettings(): Settings {
  const fromFile = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return parseSettings({ ...fromFile, ...process.env }, { cores: coresOfThisProcess(), isModelFolder, readFile: readIfThere });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the setting that names the file reports this
  }
}
