import type { AuthSettings } from '../config/index.js';
import { AdminGuard } from './admin.guard.js';
import { KeyDirectory } from './key-directory.js';
import type { ApiKey } from './api-key.js';

const ADMIN: ApiKey = { name: 'operator', role: 'admin', requests: undefined, tokens: undefined };
const CLIENT: ApiKey = { ...ADMIN, name: 'search', role: 'client' };

function refusalOf(apiKey: ApiKey | undefined, settings?: Partial<AuthSettings>): unknown {
  try {
    admit(apiKey, settings);
    return undefined;
  } catch (error) {
    return error;
  }
}

function admit(apiKey: ApiKey | undefined, settings: Partial<AuthSettings> = { adminKey: 'the-key-of-the-admin' }): void {
  const keys = new KeyDirectory({ apiKeys: [], keysFile: undefined, adminKey: undefined, store: undefined, ...settings });
  new AdminGuard(keys).admit({ apiKey });
}

describe('AdminGuard', () => {
  it('lets a key of the role admin through', () => {
    expect(() => admit(ADMIN)).not.toThrow();
  });

  it('answers 403 to a key of the role client', () => {
    expect(refusalOf(CLIENT)).toMatchObject({ code: 'forbidden' });
  });

  it('answers 401 to a caller without a key', () => {
    expect(refusalOf(undefined)).toMatchObject({ code: 'unauthorized', message: expect.stringMatching(/Bearer KEY/) });
  });

  it('admits no caller without an admin key in the settings, and names what to set', () => {
    expect(() => admit(undefined, {})).toThrow(/none is set: set ADMIN_KEY/);
    expect(() => admit(undefined, { apiKeys: [{ ...CLIENT, hash: 'ab'.repeat(32) }] })).toThrow(/none is set/);
    expect(() => admit(undefined, { apiKeys: [{ ...ADMIN, hash: 'ab'.repeat(32) }] })).toThrow(/needs the admin key/);
  });
});
