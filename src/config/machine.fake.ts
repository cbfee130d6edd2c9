import type { Environment } from './environment-reader.js';
import type { Machine } from './parse-embedding-settings.js';
import { parseSettings } from './parse-settings.js';
import { SettingsError } from './settings-error.js';
import type { Settings } from './settings.js';

/** The hash of the key in this machine's file of keys. */
export const HASH = 'ab'.repeat(32);
/** Files of keys, by path. */
const FILES: Readonly<Record<string, string>> = {
  '/run/secrets/keys': `# who may embed\nsearch:${HASH}\n\n`,
  './wrong-keys': `search:${HASH}\nother:a-secret\n\nsearch:${'cd'.repeat(32)}\n`,
  '/run/secrets/admin-key': 'a-key-in-a-file-0123\n',
  './short': 'hush',
  './no-keys': '# none\n',
};
/** A machine for tests. */
const MACHINE: Machine = {
  cores: 6,
  isModelFolder: (path) => path === './my-model',
  readFile: (path) => FILES[path],
};

/** Parses the settings of this environment on that machine. */
export function parse(environment: Environment = {}): Settings {
  return parseSettings(environment, MACHINE);
}

export function faultsOf(environment: Environment): readonly string[] {
  try {
    parse(environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
}
