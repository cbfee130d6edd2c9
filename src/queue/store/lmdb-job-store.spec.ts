import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { newJobId } from '../job-id.js';
import { describeJobStore } from './job-store.contract.js';
import { LmdbJobStore } from './lmdb-job-store.js';

describeJobStore('LmdbJobStore', (options) => Promise.resolve(LmdbJobStore.open(temporaryFolder(), options)));

describe('LmdbJobStore', () => {
  const options = { now: () => 1_800_000_000_000, ttlMs: 1000 };

  it('has everything again when it is opened anew', async () => {
    const folder = temporaryFolder();
    const first = LmdbJobStore.open(folder, options);
    const id = newJobId(1);
    await first.create({ id, owner: 'me', kind: 'job', space: 'space', webhookUrl: undefined });
    await first.addChunk(id, 0, [{ text: 'a' }]);
    await first.submit({ jobId: id, total: 1, idempotency: undefined, maxOpenJobs: 1 });
    await first.close();

    const second = LmdbJobStore.open(folder, options);
    expect(await second.get(id)).toMatchObject({ id, status: 'queued', total: 1 });
    expect(await second.begin({ jobId: id, start: 0, count: 1 })).toEqual({ items: [{ text: 'a' }], tries: 1 });
    await second.close();
  });

  it('does not open a file that was cut off or overwritten', async () => {
    const folder = temporaryFolder();
    await LmdbJobStore.open(folder, options).close();
    truncateSync(join(folder, 'jobs-1.lmdb'), 8192);
    expect(() => LmdbJobStore.open(folder, options)).toThrow('jobs-1.lmdb is cut off after 8192 bytes');
    writeFileSync(join(folder, 'jobs-1.lmdb'), 'x'.repeat(50_000));
    expect(() => LmdbJobStore.open(folder, options)).toThrow('jobs-1.lmdb is damaged or no file of this service');
  });
});
