import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { PartialOutput, type RunKey } from './partial-output.js';

const ROW = { row: { line: 1, text: 'a' }, outcome: { vector: Int8Array.of(1, -2), truncated: false } };

const SHAPE = { type: 'int8', dimensions: 2, kept: [], isChunked: false } as const;

describe('PartialOutput', () => {
  const open = async (path: string, key: RunKey): Promise<PartialOutput> =>
    await PartialOutput.open({
      path,
      format: 'npy',
      shape: SHAPE,
      key,
      resume: true,
      isResumable: true,
    });

  it('resumes a run with the same key', async () => {
    const path = join(temporaryFolder(), 'out.npy');
    const first = await open(path, { space: 's', outputDtype: 'int8' });
    await first.append([ROW]);
    await first.interrupt();
    const second = await open(path, { space: 's', outputDtype: 'int8' });
    expect(second.done).toMatchObject({ rows: 1, written: 1 });
    await second.append([{ row: { line: 2 }, outcome: 'is empty' }]);
    await second.finish();
    expect([...readFileSync(path).subarray(128)]).toEqual([1, 254, 0, 0]);
  });

  it.each([
    ['lacks something', { '--column': 'body' }, '--id-column was n and is now not given'],
    ['has something more', { '--column': 'body', '--id-column': 'n', '--limit': 5 }, '--limit was not given and is now 5'],
    ['has another value', { '--column': 'title', '--id-column': 'n' }, '--column was body and is now title'],
  ])('does not resume a run whose key %s, and names the difference', async (_, key, difference) => {
    const path = join(temporaryFolder(), 'out.npy');
    const first = await open(path, { '--column': 'body', '--id-column': 'n' });
    await first.append([ROW]);
    await first.interrupt();
    await expect(open(path, key)).rejects.toThrow(`out.npy.partial: ${difference}. Give what the first run had`);
  });

  it('leaves no files when it is interrupted before the first row, or cannot be resumed', async () => {
    const folder = temporaryFolder();
    const empty = await open(join(folder, 'a.npy'), {});
    expect(await empty.interrupt()).toBeUndefined();
    const options = { path: join(folder, 'b.npy'), format: 'npy', shape: SHAPE, key: {}, resume: false, isResumable: false } as const;
    const fromPipe = await PartialOutput.open(options);
    await fromPipe.append([ROW]);
    expect(await fromPipe.interrupt()).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says how many rows a run can resume after', async () => {
    const output = await open(join(temporaryFolder(), 'a.npy'), {});
    await output.append([ROW]);
    expect(await output.interrupt()).toBe('1 row is saved: the same command with --resume continues after it');
  });

  it('names the output and the reason when the system refuses to write, and leaves no files', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.npy');
    mkdirSync(`${path}.partial`);
    await expect(open(path, {})).rejects.toThrow(/^cannot write \S+a\.npy: it is a folder \(EISDIR\)$/);
    expect(readdirSync(folder)).toEqual(['a.npy.partial']);
  });
});
