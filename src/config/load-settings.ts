import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { coresOfThisProcess } from './cores.js';
import { isModelFolder } from './is-model-folder.js';
import { parseSettings } from './parse-settings.js';
import type { Settings } from './settings.js';

/**
 * Reads the settings of this process. The values of `given` come first, then those of the environment, then those of the
 * .env file of the working directory. Writes warnings to stderr.
 */
export function loadSettings(given: Readonly<Record<string, string>> = {}): Settings {
  const fromFile = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return parseSettings(
    { ...fromFile, ...process.env, ...given },
    { cores: coresOfThisProcess(), isModelFolder, readFile: readIfThere },
    (line) => process.stderr.write(`Warning: ${line}\n`),
  );
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the setting that names the file reports this
  }
}
