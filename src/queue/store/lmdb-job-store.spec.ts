import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { newJobId } from '../job-id.js';
import { describeJobStore } from './job-store.contract.js';
import { LmdbJobStore } from './lmdb-job-store.js';
import { openLmdbTables } from './lmdb-tables.js';
import { submissionOf } from './submission.fake.js';

describeJobStore('LmdbJobStore', (options) => Promise.resolve(LmdbJobStore.open(temporaryFolder(), options)));

/** Removes the tables by account, and puts the message where older versions kept it. */
async function writeAsOlderVersion(folder: string, endedJobId: string): Promise<void> {
  const { root, open, shares, messages } = openLmdbTables(folder);
  for (const table of [open, shares, messages]) table.clearSync();
  root.openDB({ name: 'messages', encoding: 'json' }).putSync([NOW, endedJobId], 3);
  await root.close();
}

const NOW = 1_800_000_000_000;

describe('LmdbJobStore', () => {
  const options = { now: () => NOW, ttlMs: 1000 };

  it('keeps everything when it is closed and opened again', async () => {
    const folder = temporaryFolder();
    const first = LmdbJobStore.open(folder, options);
    const id = newJobId(1);
    await first.create({ id, owner: 'me', account: 'me', kind: 'job' });
    await first.addChunk(id, 0, [{ text: 'a' }]);
    await first.submit(submissionOf(id));
    await first.close();

    const second = LmdbJobStore.open(folder, options);
    expect(await second.get(id)).toMatchObject({ id, status: 'queued', total: 1 });
    expect(await second.begin({ jobId: id, start: 0, count: 1 })).toEqual({ items: [{ text: 'a' }], tries: 1 });
    await second.close();
  });

  it('knows the open jobs and the messages of a file that an older version has written', async () => {
    const folder = temporaryFolder();
    const first = LmdbJobStore.open(folder, options);
    const [open, ended] = [newJobId(1), newJobId(2)];
    for (const id of [open, ended]) {
      await first.create({ id, owner: 'me', account: 'me', kind: 'job' });
      await first.addChunk(id, 0, [{ text: 'a' }]);
      const webhookUrl = 'https://example.org';
      await first.submit(submissionOf(id, { webhookUrl }));
    }
    await first.stop(ended, 'cancelled');
    await first.close();
    await writeAsOlderVersion(folder, ended);

    const second = LmdbJobStore.open(folder, options);
    expect((await second.openJobs(10)).map(({ id }) => id)).toEqual([open]);
    expect(await second.shares()).toEqual([{ account: 'me', jobs: 1, texts: 1 }]);
    const order = { limit: 10, leaseMs: 1000, perAccount: 10, perDestination: 10, underway: [] };
    expect(await second.takeMessages(order)).toMatchObject([{ job: { id: ended }, tries: 3 }]);
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
