import { UsageError } from './command-error.js';
import { planOf, type EmbedCommand } from './embed-plan.js';

const plan = (options: Partial<EmbedCommand>) => planOf({ inputs: ['a.csv'], out: 'a.jsonl', onError: 'skip', ...options });

describe('the formats', () => {
  it.each([
    ['a.csv', 'csv'],
    ['A.TSV', 'tsv'],
    ['a.ndjson', 'jsonl'],
    ['a.jsonl.gz', 'jsonl'],
    ['folder.d/a.text', 'txt'],
  ] as const)('follow from the name %s', (path, format) => {
    expect(plan({ inputs: [path] }).inputs).toEqual([{ path, format, delimiter: undefined }]);
  });

  it('are those of the options, whatever the names', () => {
    const { inputs, to } = plan({ inputs: ['a.csv', 'b'], from: 'jsonl', to: 'parquet' });
    expect([inputs.map(({ format }) => format), to]).toEqual([['jsonl', 'jsonl'], 'parquet']);
  });

  it('of standard output are JSON lines', () => {
    expect(plan({ out: '-' })).toMatchObject({ to: 'jsonl', isResumable: false });
  });
});

describe('the output', () => {
  it('names the file of each row if there are several', () => {
    expect(plan({ inputs: ['a.csv', 'b.csv'], keep: ['title'] }).kept).toEqual(['file', 'title']);
    expect(plan({ keep: ['title'] }).kept).toEqual(['title']);
  });
});

describe('chunks', () => {
  it('are asked for by their tokens, and overlap only if that is asked for', () => {
    expect(plan({}).chunk).toBeUndefined();
    expect(plan({ chunkTokens: 9 }).chunk).toEqual({ tokens: 9, overlap: 0 });
    expect(plan({ chunkTokens: 9, chunkOverlap: 2 }).chunk).toEqual({ tokens: 9, overlap: 2 });
  });

  it('leave the names of their columns to rows that are not cut', () => {
    expect(plan({ keep: ['start'] }).kept).toEqual(['start']);
  });
});

describe('the delimiter', () => {
  it.each([
    ['tab', '\t'],
    [String.raw`\t`, '\t'],
    ['|', '|'],
    ['¦', '¦'],
  ])('can be %s', (asked, delimiter) => {
    expect(plan({ delimiter: asked }).inputs).toMatchObject([{ delimiter }]);
  });
});

it.each<{ options: Partial<EmbedCommand>; says: string }>([
  { options: { out: 'a.xlsx' }, says: 'the name a.xlsx does not show its format: give it with --to (jsonl, npy, parquet)' },
  { options: { inputs: ['a'] }, says: 'the name a does not show its format: give it with --from' },
  { options: { inputs: ['-'] }, says: 'standard input has no name that shows its format: give it with --from' },
  { options: { inputs: ['-', 'a.csv'], from: 'csv' }, says: 'standard input (-) must be the only input' },
  { options: { inputs: ['-'], from: 'parquet' }, says: 'a Parquet file cannot be read from standard input' },
  { options: { inputs: ['a.parquet.gz'] }, says: 'a.parquet.gz: a Parquet file is compressed inside' },
  { options: { out: '-', to: 'npy' }, says: '--to npy needs a file' },
  { options: { inputs: ['-'], from: 'csv', resume: true }, says: '--resume needs files' },
  { options: { inputs: ['a.txt'], column: 'a' }, says: 'a.txt is read as txt, and its lines have no columns' },
  { options: { inputs: ['a.csv', 'a.txt'], keep: ['a'] }, says: 'a.txt is read as txt, and its lines have no columns' },
  { options: { inputs: ['a.jsonl'], delimiter: ';' }, says: '--delimiter is for csv and tsv, and a.jsonl is read as jsonl' },
  { options: { delimiter: '||' }, says: '--delimiter must be one character' },
  { options: { delimiter: '"' }, says: '--delimiter must be one character' },
  { options: { out: 'a.npy', idColumn: 'a' }, says: 'an npy file has only numbers' },
  { options: { keep: ['id'] }, says: 'copy it with --id-column id' },
  { options: { keep: ['embedding'] }, says: 'the output has its own embedding' },
  { options: { keep: ['start'], chunkTokens: 9 }, says: '--keep start is not possible: the output has its own start' },
  { options: { out: 'a.npy', chunkTokens: 9 }, says: 'an npy file has only numbers' },
  { options: { chunkOverlap: 2 }, says: '--chunk-overlap needs --chunk-tokens' },
  { options: { chunkTokens: 9, url: 'http://a' }, says: '--chunk-tokens needs the tokenizer of the model' },
  { options: { inputs: ['a.txt'], titleColumn: 'a' }, says: 'a.txt is read as txt, and its lines have no columns' },
  { options: { keep: ['a', 'b', 'a'] }, says: '--keep names a twice' },
])('explains options that contradict each other: $says', ({ options, says }) => {
  const planning = (): unknown => plan(options);
  expect(planning).toThrow(UsageError);
  expect(planning).toThrow(says);
});
