import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { planOf, type EmbedCommand } from './embed-plan.js';
import { runKey } from './run-key.js';

const MODEL = { model: 'm', space: 's' };

function keyOf(options: Partial<EmbedCommand>): Readonly<Record<string, string | number>> {
  const command: EmbedCommand = { inputs: ['-'], from: 'csv', out: 'a.jsonl', onError: 'skip', ...options };
  const inputs = command.inputs.map((path) => ({ path }));
  return runKey(command, planOf(command, inputs), MODEL);
}

describe('runKey', () => {
  it('changes with the content of an input', () => {
    const path = join(temporaryFolder(), 'in.csv');
    writeFileSync(path, 'text\na\n');
    const before = keyOf({ inputs: [path] });
    expect(keyOf({ inputs: [path] })).toEqual(before);
    writeFileSync(path, 'text\na\nb\n');
    expect(keyOf({ inputs: [path] })).not.toEqual(before);
  });

  it('changes with a file of a folder', () => {
    const path = temporaryFolder();
    const files = [{ path: join(path, 'a.md') }, { path: join(path, 'gone.md') }];
    writeFileSync(join(path, 'a.md'), 'a');
    const key = () => {
      const command: EmbedCommand = { inputs: [path], out: 'a.jsonl', onError: 'skip' };
      return runKey(command, planOf(command, [{ path, files }]), MODEL);
    };
    const before = key();
    expect(before[`the files of ${path}`]).toMatch(/^2 \([0-9a-f]{12}\)$/);
    expect(key()).toEqual(before);
    writeFileSync(join(path, 'a.md'), 'ab');
    expect(key()).not.toEqual(before);
  });

  it('changes with each option that decides about rows or vectors, and not with the others', () => {
    const before = keyOf({});
    const options: readonly Partial<EmbedCommand>[] = [
      { column: 'a' },
      { field: 'a' },
      { idColumn: 'a' },
      { keep: ['a'] },
      { delimiter: ';' },
      { limit: 1 },
      { inputType: 'query' },
      { outputDtype: 'int8' },
      { truncate: 'mean' },
      { to: 'parquet' },
      { from: 'tsv' },
    ];
    for (const option of options) expect(keyOf(option)).not.toEqual(before);
    expect(keyOf({ outputDtype: 'float', truncate: 'end', force: true, url: 'http://x' })).toEqual(before);
  });
});
