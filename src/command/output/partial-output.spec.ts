import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { PartialOutput } from './partial-output.js';

const ROW = { row: { line: 1, text: 'a' }, outcome: { vector: Int8Array.of(1, -2), truncated: false } };

describe('PartialOutput', () => {
  const open = async (path: string, key: Readonly<Record<string, string>>): Promise<PartialOutput> =>
    await PartialOutput.open({ path, format: 'npy', shape: { type: 'int8', dimensions: 2 }, key, resume: true });

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
    ['lacks something', { space: 's' }],
    ['has something more', { space: 's', outputDtype: 'int8', truncate: 'mean' }],
    ['has another value', { space: 's', outputDtype: 'uint8' }],
  ])('does not resume a run whose key %s', async (_, key) => {
    const path = join(temporaryFolder(), 'out.npy');
    const first = await open(path, { space: 's', outputDtype: 'int8' });
    await first.append([ROW]);
    await first.interrupt();
    await expect(open(path, key)).rejects.toThrow('--force starts again');
  });
});
