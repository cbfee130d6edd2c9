import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SETTING_NAMES } from '../support/setting-names.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { ROOT } from './manifests.js';

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly stop_grace_period?: string;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

/** Settings that the containers decide: addresses, mounted folders and secrets, and the time to stop. */
const FIXED = [
  'ADMIN_KEY',
  'ADMIN_KEY_FILE',
  'API_HOST',
  'API_PORT',
  'API_RUNS_JOBS',
  'CACHE_DIR',
  'CACHE_DISK_MB',
  'DATA_DIR',
  'DISK_RESERVE_MB',
  'MODEL_CACHE_DIR',
  'QUEUE_REDIS_URL',
  'QUEUE_REDIS_URL_FILE',
  'REDIS_URL',
  'REDIS_URL_FILE',
  'SHUTDOWN_TIMEOUT_MS',
  'WORKER_PORT',
];

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

const { services, secrets } = parse(read('docker-compose.yml'), { merge: true }) as Compose;

function serviceNamed(name: string): Service {
  const service = services[name];
  if (service === undefined) throw new Error(`no service ${name}`);
  return service;
}

/** The value of `${NAME:-value}`. */
function defaultOf(value = ''): string {
  return /:-(.*)\}$/.exec(value)?.[1] ?? value;
}

describe('the Compose file', () => {
  it.each(['api', 'worker'])('passes every setting to the %s, except those that it decides itself', (name) => {
    const given = Object.entries(serviceNamed(name).environment ?? {}).filter(([setting]) => !FIXED.includes(setting));
    expect(given.map(([setting]) => setting).sort()).toEqual(SETTING_NAMES.filter((setting) => !FIXED.includes(setting)).sort());
    expect(given.filter(([setting, value]) => !value.startsWith(`\${${setting}:`))).toEqual([]);
  });

  it('hands secrets over as files, which its script makes', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'config'));
    cpSync(join(ROOT, 'config/compose'), join(folder, 'config/compose'), { recursive: true });
    for (let round = 0; round < 2; round++) execFileSync('sh', ['config/compose/make-secrets.sh'], { cwd: folder });
    const made = readdirSync(join(folder, 'secrets')).sort();
    expect(
      Object.values(secrets)
        .map(({ file }) => file.replace('./secrets/', ''))
        .sort(),
    ).toEqual(made);
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
    const content = (name: string): string => readFileSync(join(folder, 'secrets', name), 'utf8');
    expect(content('admin_key')).toMatch(/^[0-9a-f]{48}$/);
    expect(content('redis_url')).toBe(`redis://:${content('redis_password')}@redis:6379`);

    const asked = Object.values(services).flatMap((service) => service.secrets ?? []);
    expect([...new Set(asked)].sort()).toEqual(made);
    const environment = Object.entries(serviceNamed('api').environment ?? {});
    const mounted = environment
      .filter(([, value]) => value.startsWith('/run/secrets/'))
      .map(([, value]) => value.replace('/run/secrets/', ''));
    expect(mounted.sort()).toEqual([...(serviceNamed('api').secrets ?? [])].sort());
  });

  it('runs the image of the version of the package', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    for (const name of ['api', 'worker']) expect(serviceNamed(name).image).toBe(`embedding-pipeline:\${IMAGE_TAG:-${version}}`);
  });

  it('has one port for callers, on this machine only, that leads to all replicas', () => {
    const open = Object.entries(services).filter(([, { ports }]) => ports?.some((port) => port.endsWith(':8000')));
    expect(open.map(([name, { ports }]) => [name, ports])).toEqual([['balancer', ['${BIND_ADDRESS:-127.0.0.1}:8000:8000']]]);
    const balancer = read('config/haproxy/haproxy.cfg');
    expect(balancer).toMatch(/server-template \w+ \d+ api:8000$/m);
    expect(balancer).toContain('option httpchk GET /health/ready');
    const example = (setting: string): number => Number(new RegExp(`^${setting}=(\\d+)$`, 'm').exec(read('.env.example'))?.[1]);
    expect(Number(/timeout server (\d+)s/.exec(balancer)?.[1]) * 1000).toBeGreaterThan(example('REQUEST_TIMEOUT_MS'));
    expect(Number(/maxconn (\d+)/.exec(balancer)?.[1])).toBe(example('MAX_CONNECTIONS'));
  });

  it.each(['api', 'worker', 'balancer'])('gives the %s time to stop', (name) => {
    const delayMs = Number(defaultOf(serviceNamed('api').environment?.['SHUTDOWN_DELAY_MS']));
    const timeoutMs = Number(/^SHUTDOWN_TIMEOUT_MS=(\d+)$/m.exec(read('.env.example'))?.[1]);
    expect(delayMs).toBeGreaterThan(1_000); // the balancer asks each second
    const graceSeconds = Number.parseInt(defaultOf(serviceNamed(name).stop_grace_period), 10);
    expect(graceSeconds * 1000).toBeGreaterThan(timeoutMs + (name === 'worker' ? 0 : delayMs));
  });

  it('leaves monitoring out unless its profile is chosen', () => {
    const monitoring = Object.entries(services).filter(([, { profiles }]) => profiles !== undefined);
    expect(monitoring.map(([name, { profiles }]) => [name, profiles])).toEqual(
      ['prometheus', 'alertmanager', 'grafana'].map((name) => [name, ['monitoring']]),
    );
  });
});
