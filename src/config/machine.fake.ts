import type { Environment } from './environment-reader.js';
import type { Machine } from './machine.js';
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
  './models.json': JSON.stringify({
    $schema: './models.schema.json',
    models: [
      { source: 'all-MiniLM-L6-v2', weight: 3, load: 'first-use', keep_loaded_minutes: 5, aliases: ['small'] },
      { name: 'bge', source: 'BAAI/bge-small-en-v1.5@main', dtype: 'int8', pooling: 'cls', prompts: { query: 'q: ' }, max_tokens: 128 },
      {
        name: 'other',
        source: 'openai:tiny',
        dimensions: 8,
        provider: { base_url: 'http://host:8001/v1/', key_variable: 'OTHER_KEY', price: 0.5, concurrency: 2, timeout_ms: 1000 },
      },
    ],
  }),
  './wrong-models.json': JSON.stringify({
    models: [
      { source: 'nope', weight: 0, extra: 1 },
      { source: 'openai:tiny', dtype: 'fp32', provider: { key_variable: 'NOT_SET', concurrency: '2' } },
      { name: 'no source' },
      { source: 'owner/name', provider: {} },
      7,
    ],
  }),
  './no-models.json': '{"models": []}',
};
/** A machine for tests. */
const MACHINE: Machine = {
  cores: 6,
  memoryBytes: 8 * 2 ** 30,
  isModelFolder: (path) => path === './my-model',
  readFile: (path) => FILES[path],
};

/** Parses the settings of this environment on that machine. */
export function parse(environment: Environment = {}, files: Readonly<Record<string, string>> = FILES): Settings {
  return parseSettings(environment, { ...MACHINE, readFile: (path) => files[path] });
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
