import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { coresOfThisProcess } from './cores.js';
import { parseSettings } from './parse-settings.js';
import type { Settings } from './settings.js';

/** Reads the settings of this process from its environment, and what is not set there from the .env file of the working directory. Writes warnings to stderr. */
export function loadSettings(): Settings {
  const fromFile = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return parseSettings(
    { ...fromFile, ...process.env },
    { cores: coresOfThisProcess(), isModelFolder: (path) => existsSync(join(path, 'config.json')), readFile: readIfThere },
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
