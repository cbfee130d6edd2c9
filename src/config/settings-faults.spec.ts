import { faultsOf, HASH } from './machine.fake.js';
import { REDIS_URL_FORMS } from './parse-redis-url.js';

describe('The faults of settings', () => {
  it('keeps a value with a line break in one line', () => {
    const [fault] = faultsOf({ LOG_LEVEL: 'loud\nAPI_PORT=1' });
    expect(fault).toMatch(/^LOG_LEVEL=loud\\nAPI_PORT=1 is not allowed/);
  });

  it.each([
    ['ADMIN_KEY', 'hush', 'ADMIN_KEY=*** is not allowed: use at least 16 characters'],
    ['OPENAI_API_KEY', 'hush\nhush', 'OPENAI_API_KEY=*** is not allowed: use visible ASCII characters without spaces'],
    [
      'OPENAI_BASE_URL',
      'https://user:hush@host',
      'OPENAI_BASE_URL=*** is not allowed: use a URL that starts with https:// or http://, without a password, ? or #',
    ],
    ['WEBHOOK_SECRET', 'hush', 'WEBHOOK_SECRET=*** is not allowed: use whsec_ and 24 to 64 bytes in base64'],
    ['QUEUE_REDIS_URL', 'http://user:hush@host', `QUEUE_REDIS_URL=*** is not allowed: use one of ${REDIS_URL_FORMS}`],
    ['REDIS_URL', 'http://user:hush@host', `REDIS_URL=*** is not allowed: use one of ${REDIS_URL_FORMS}`],
  ])('does not show the value of %s', (name, value, fault) => {
    expect(faultsOf({ [name]: value })).toEqual([fault]);
  });

  it('names the file of a secret that cannot be used, and not its content', () => {
    const unreadable = 'cannot be read: use the path of a file that this user may read';
    expect(faultsOf({ ADMIN_KEY_FILE: './short' })).toEqual(['ADMIN_KEY_FILE=./short is not allowed: use at least 16 characters']);
    expect(faultsOf({ REDIS_URL_FILE: './nothing', WEB_CONCURRENCY: '2' })).toEqual([`REDIS_URL_FILE=./nothing ${unreadable}`]);
    expect(faultsOf({ ADMIN_KEY: 'a-key-of-the-environment', ADMIN_KEY_FILE: '/run/secrets/admin-key' })).toEqual([
      'ADMIN_KEY and ADMIN_KEY_FILE are both set: keep one of them',
    ]);
  });

  it.each([
    ['search:my-secret', 'Key 1: its hash must be 64 hex digits'],
    [`search:${HASH}, my-secret:${HASH}:owner`, 'Key 2: its role must be client or admin'],
    [`search:${HASH}:client:many`, 'Key 1: its limits must be whole numbers'],
    [`search:${HASH}:client:1:2:3:4:5`, 'Key 1: it has more than seven parts'],
    [`_:${HASH}`, 'Key 1: its name must be'],
    [`ADMIN_KEY:${HASH}`, 'Key 1: its name must be'],
    [`search:${HASH},search:${'cd'.repeat(32)}`, 'Key 2: another key has its name'],
    [`search:${HASH},other:${HASH}`, 'Key 2: another key has its hash'],
    ['# none', 'There is no key in it'],
  ])('refuses API_KEYS=%s and explains the fault without showing the value', (value, fault) => {
    const [said = '', ...more] = faultsOf({ API_KEYS: value });
    expect(said).toMatch(/^API_KEYS=\*\*\* is not allowed: use NAME:SHA256/);
    expect(said).toContain(fault);
    expect([said.includes('my-secret'), more]).toEqual([false, []]);
  });

  it.each([
    ['API_KEYS', () => '***'],
    ['API_KEYS_FILE', (path: string) => path],
  ])('names each fault of the file of %s in a line, with its line in the file', (setting, shown) => {
    const faultsOfFile = (path: string): readonly string[] =>
      faultsOf({ [setting]: path }).map((fault) => fault.replace(`${setting}=${shown(path)}`, 'THE FILE'));
    expect(faultsOfFile('./nothing')).toEqual(['THE FILE cannot be read: use the path of a file that this user may read']);
    expect(faultsOfFile('./wrong-keys')).toEqual([
      'THE FILE is not allowed: line 2: its hash must be 64 hex digits, the SHA-256 of the secret',
      'THE FILE is not allowed: line 4: another key has its name',
    ]);
    expect(faultsOfFile('./no-keys')).toEqual(['THE FILE is not allowed: there is no key in it']);
  });

  it('refuses a file of keys with a name of API_KEYS, and two files of keys', () => {
    expect(faultsOf({ API_KEYS: `search:${'cd'.repeat(32)}`, API_KEYS_FILE: '/run/secrets/keys' })).toEqual([
      'API_KEYS_FILE=/run/secrets/keys is not allowed: line 2: another key has its name',
    ]);
    expect(faultsOf({ API_KEYS: '/run/secrets/keys', API_KEYS_FILE: '/run/secrets/keys' })).toEqual([
      expect.stringMatching(/^API_KEYS is the path of a file, and API_KEYS_FILE is set too/),
    ]);
  });

  it('refuses a METRICS_PORT that is the port of the service', () => {
    expect(faultsOf({ METRICS_PORT: '8000' })).toEqual([expect.stringMatching(/^METRICS_PORT=8000.*API_PORT/)]);
  });

  it('refuses several HTTP processes without a Redis, and says how to get one', () => {
    expect(faultsOf({ WEB_CONCURRENCY: '2' })).toEqual([
      expect.stringMatching(/^WEB_CONCURRENCY=2 cannot be used without REDIS_URL.*docker run.*REDIS_URL=redis:\/\/127\.0\.0\.1:6379$/),
    ]);
    expect(faultsOf({ WEB_CONCURRENCY: '2', QUEUE_REDIS_URL: 'redis://host' })).toHaveLength(1);
    expect(faultsOf({ WEB_CONCURRENCY: '2', REDIS_URL: 'redis://host' })).toEqual([]);
    expect(faultsOf({ WEB_CONCURRENCY: '2', REDIS_URL: 'host' })).toEqual([expect.stringMatching(/^REDIS_URL=/)]);
  });

  it.each(['redis:host:6379', 'redis:', 'host:6379'])('refuses REDIS_URL=%s, which names no host after redis://', (value) => {
    expect(faultsOf({ REDIS_URL: value })).toHaveLength(1);
  });

  it.each(['10.0.0.300', '10.0.0.0/33', '::1::2', 'loopback,,'])('refuses TRUST_PROXY=%s, which is no address or network', (value) => {
    expect(faultsOf({ TRUST_PROXY: value })).toHaveLength(1);
  });

  it('refuses a model name that leads out of the folder of models', () => {
    expect(faultsOf({ EMBEDDING_MODEL: '../secret' })).toHaveLength(1);
  });
});
