import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { openLmdb } from './open-lmdb.js';
import { makePrivateFolderOfFiles } from './private-folder.js';

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

describe('A folder of LMDB', () => {
  it('is closed to other users, with all its files', async () => {
    const folder = join(temporaryFolder(), 'data', 'jobs');
    const root = openLmdb(join(folder, 'file.lmdb'), {});
    expect([folder, join(folder, 'file.lmdb'), join(folder, 'file.lmdb-lock')].map(modeOf)).toEqual(['700', '600', '600']);
    await root.close();
  });

  it('is closed when an older version left it open', async () => {
    const folder = join(temporaryFolder(), 'jobs');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    const root = openLmdb(join(folder, 'file.lmdb'), {});
    expect(modeOf(folder)).toBe('700');
    await root.close();
  });

  it('stays open if it has foreign files, and only files of the service are closed', async () => {
    const folder = join(temporaryFolder(), 'shared');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'theirs'), '', { mode: 0o644 });
    const root = openLmdb(join(folder, 'file.lmdb'), {});
    expect([folder, join(folder, 'theirs'), join(folder, 'file.lmdb')].map(modeOf)).toEqual(['755', '644', '600']);
    await root.close();
  });
});

describe('A folder of files', () => {
  it('is closed to other users with every file in it', () => {
    const folder = join(temporaryFolder(), 'content');
    mkdirSync(folder);
    writeFileSync(join(folder, 'older'), '', { mode: 0o644 });
    makePrivateFolderOfFiles(folder);
    expect([folder, join(folder, 'older')].map(modeOf)).toEqual(['700', '600']);
  });
});
