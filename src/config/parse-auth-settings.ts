import { join } from 'node:path';
import { keysInFile, keysOrPath, type ApiKeySettings } from './api-keys.js';
import type { EnvironmentReader } from './environment-reader.js';
import { secret, text } from './setting-readers.js';
import type { AuthSettings, QueueSettings } from './settings.js';

interface Shared {
  readonly machine: { readFile(path: string): string | undefined };
  readonly dataDir: string;
  /** Keys are stored where jobs are. */
  readonly backend: QueueSettings['backend'];
}

/** The value of API_KEYS: keys, or the path of a file. */
type GivenKeys = readonly ApiKeySettings[] | string;

export function parseAuthSettings(env: EnvironmentReader, { machine, dataDir, backend }: Shared): AuthSettings {
  const given: GivenKeys = env.read('API_KEYS', keysOrPath, []);
  const path = env.read('API_KEYS_FILE', text, undefined);
  const apiKeys = typeof given === 'string' ? [] : given;
  if (typeof given === 'string' && path !== undefined)
    env.faults.push(
      'API_KEYS is the path of a file, and API_KEYS_FILE is set too: keep API_KEYS_FILE, and put keys or nothing into API_KEYS',
    );
  const keysFile = fileOf(given, path);
  if (keysFile !== undefined) env.faults.push(...faultsOfKeysFile(keysFile, machine.readFile(keysFile.path), apiKeys));
  return {
    apiKeys,
    keysFile,
    adminKey: env.readSecret('ADMIN_KEY', secret(16), undefined),
    store: backend.kind === 'redis' ? backend : { kind: 'embedded', folder: join(dataDir, 'keys') },
  };
}

function fileOf(given: GivenKeys, path: string | undefined): AuthSettings['keysFile'] {
  if (typeof given === 'string') return { path: given, setting: 'API_KEYS' };
  return path === undefined ? undefined : { path, setting: 'API_KEYS_FILE' };
}

/** One line for each fault. `content` undefined = the file cannot be read. */
export function faultsOfKeysFile(
  { path, setting }: NonNullable<AuthSettings['keysFile']>,
  content: string | undefined,
  others: readonly ApiKeySettings[],
): readonly string[] {
  const file = setting === 'API_KEYS' ? 'API_KEYS=***' : `${setting}=${path}`; // API_KEYS may hold a secret in the wrong place
  if (content === undefined) return [`${file} cannot be read: use the path of a file that this user may read`];
  return keysInFile(content, others).faults.map((fault) => `${file} is not allowed: ${fault}`);
}
