import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { SETTING_NAMES } from '../support/setting-names.js';

interface Compose {
  readonly services: Readonly<Record<'api' | 'worker', { readonly environment: Readonly<Record<string, string>> }>>;
}

/** Settings that the containers decide: addresses, mounted folders, and the time to stop. */
const FIXED = [
  'API_HOST',
  'API_PORT',
  'API_RUNS_JOBS',
  'CACHE_DIR',
  'CACHE_DISK_MB',
  'DATA_DIR',
  'DISK_RESERVE_MB',
  'MODEL_CACHE_DIR',
  'QUEUE_REDIS_URL',
  'REDIS_URL',
  'SHUTDOWN_TIMEOUT_MS',
  'WORKER_PORT',
];

describe('the Compose file', () => {
  it.each(['api', 'worker'] as const)('passes every setting to the %s, except those that it decides itself', (service) => {
    const { services } = parse(readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8'), { merge: true }) as Compose;
    const given = Object.entries(services[service].environment).filter(([name]) => !FIXED.includes(name));
    expect(given.map(([name]) => name).sort()).toEqual(SETTING_NAMES.filter((name) => !FIXED.includes(name)).sort());
    expect(given.filter(([name, value]) => !value.startsWith(`\${${name}:`))).toEqual([]);
  });
});
