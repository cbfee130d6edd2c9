import { join } from 'node:path';
import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { openLmdb } from '../../lmdb/index.js';
import { describeKeyStore } from './key-store.contract.js';
import { LmdbKeyStore } from './lmdb-key-store.js';
import { LmdbUsageStore } from './lmdb-usage-store.js';
import { describeUsageStore } from './usage-store.contract.js';
import { NO_USE } from './usage-store.port.js';

function openFile() {
  return openLmdb(join(temporaryFolder(), 'keys-1.lmdb'), { maxDbs: 3 });
}

describeKeyStore('LmdbKeyStore', () => {
  const root = openFile();
  return Promise.resolve({ store: new LmdbKeyStore(root), other: new LmdbKeyStore(root), close: async () => await root.close() });
});

describeUsageStore('LmdbUsageStore', () => {
  const root = openFile();
  return Promise.resolve({ store: new LmdbUsageStore(root), other: new LmdbUsageStore(root), close: async () => await root.close() });
});

describe('LmdbUsageStore', () => {
  it('forgets the days before a day', async () => {
    const root = openFile();
    const store = new LmdbUsageStore(root);
    const days = ['2026-08-21', '2026-08-22', '2026-11-30'];
    await store.add({ id: 'a', rows: days.map((day) => ({ ...NO_USE, day, name: 'search', requests: 1 })) });
    await store.forgetBefore('2026-08-22');
    expect((await store.read(days)).map(({ day }) => day)).toEqual(['2026-08-22', '2026-11-30']);
    await root.close();
  });
});
