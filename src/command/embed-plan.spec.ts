import { UsageError } from './command-error.js';
import { planOf, type EmbedCommand } from './embed-plan.js';
import type { FoundInput } from './rows/find-inputs.js';

/** Undefined = the option is left out. */
type Options = { readonly [Name in keyof EmbedCommand]?: EmbedCommand[Name] | undefined };

const plan = ({ inputs = ['a.csv'], ...options }: Options, files?: FoundInput['files']) =>
  planOf(
    { inputs, out: 'a.jsonl', onError: 'skip', ...options } as EmbedCommand,
    inputs.map((path) => ({ path, ...(files !== undefined && { files }) })),
  );

const DATABASE = 'postgresql://me:secret@h/d';
const TABLE = { out: undefined, to: DATABASE, table: 'Search."My docs"', idColumn: 'id' };

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
    const { inputs, target } = plan({ inputs: ['a.csv', 'b'], from: 'jsonl', to: 'parquet' });
    expect([inputs.map(({ format }) => format), target]).toMatchObject([['jsonl', 'jsonl'], { format: 'parquet' }]);
  });

  it('of standard output are JSON lines', () => {
    expect(plan({ out: '-' })).toMatchObject({ target: { format: 'jsonl' }, isResumable: false });
  });
});

describe('the output', () => {
  it('names the file of each row if there are several', () => {
    expect(plan({ inputs: ['a.csv', 'b.csv'], keep: ['title'] }).kept).toEqual(['file', 'title']);
    expect(plan({ keep: ['title'] }).kept).toEqual(['title']);
  });
});

describe('a table', () => {
  it('is the output instead of a file', () => {
    expect(plan(TABLE).target).toEqual({
      kind: 'table',
      url: DATABASE,
      name: { schema: 'search', table: 'My docs' },
      vectorType: undefined,
      hasIndex: true,
      deletesMissing: false,
    });
    expect(plan({ ...TABLE, index: false, vectorType: 'halfvec', deleteMissing: true, resume: true }).target).toMatchObject({
      vectorType: 'halfvec',
      hasIndex: false,
      deletesMissing: true,
    });
  });

  it('takes documents without a column of ids', () => {
    expect(plan({ ...TABLE, idColumn: undefined, inputs: ['a.md', 'b.markdown.gz'] }).kept).toEqual([]);
    expect(plan({ ...TABLE, idColumn: undefined, inputs: ['docs'] }, []).inputs).toMatchObject([{ format: 'md', files: [] }]);
  });
});

it('refuses to read the files of a folder as rows', () => {
  expect(() => plan({ inputs: ['docs/'], from: 'csv' }, [])).toThrow(
    "docs/ is a folder, whose files are read as documents: for csv, name its files, for example 'docs/*.csv'",
  );
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

it.each<{ options: Options; says: string | RegExp }>([
  { options: { out: 'a.xlsx' }, says: 'the name a.xlsx does not show its format: give it with --to (jsonl, npy, parquet)' },
  { options: { inputs: ['a'] }, says: 'the name a does not show its format: give it with --from' },
  { options: { inputs: ['-'] }, says: 'standard input has no name that shows its format: give it with --from' },
  { options: { inputs: ['-', 'a.csv'], from: 'csv' }, says: 'standard input (-) must be the only input' },
  { options: { inputs: ['-'], from: 'parquet' }, says: 'a Parquet file cannot be read from standard input' },
  { options: { inputs: ['a.parquet.gz'] }, says: 'a.parquet.gz: a Parquet file is compressed inside' },
  { options: { out: '-', to: 'npy' }, says: '--to npy needs a file' },
  { options: { inputs: ['-'], from: 'csv', resume: true }, says: '--resume needs files' },
  { options: { inputs: ['a.txt'], column: 'a' }, says: 'a.txt is read as txt, and has no columns' },
  { options: { inputs: ['a.csv', 'a.txt'], keep: ['a'] }, says: 'a.txt is read as txt, and has no columns' },
  { options: { inputs: ['a.jsonl'], delimiter: ';' }, says: '--delimiter is for csv and tsv, and a.jsonl is read as jsonl' },
  { options: { out: undefined }, says: 'name the output: --out FILE, or --to postgresql://' },
  { options: { to: 'mysql://me:secret@h/d' }, says: /^--to mysql is not known: give jsonl, npy, parquet, or postgresql:/ },
  { options: { table: 'docs' }, says: '--table is for a database' },
  { options: { deleteMissing: true }, says: '--delete-missing is for a database' },
  { options: { index: false }, says: '--no-index is for a database' },
  { options: { vectorType: 'halfvec' }, says: '--vector-type is for a database' },
  { options: { to: DATABASE }, says: '--out and a database in --to are two outputs' },
  { options: { out: undefined, to: DATABASE }, says: 'the database needs the name of a table' },
  { options: { ...TABLE, idColumn: undefined }, says: 'name the column or field of the ids of a.csv with --id-column' },
  { options: { ...TABLE, inputs: ['-'], from: 'md', idColumn: undefined }, says: 'of standard input with --id-column' },
  { options: { ...TABLE, deleteMissing: true, limit: 5 }, says: '--delete-missing with --limit would delete' },
  { options: { ...TABLE, outputDtype: 'int8' }, says: 'a table has no type for int8' },
  { options: { ...TABLE, table: 'a b' }, says: '--table a b is not the name of a table' },
  { options: { inputs: ['a.md'], column: 'a' }, says: 'a.md is read as md, and has no columns' },
  { options: { delimiter: '||' }, says: '--delimiter must be one character' },
  { options: { delimiter: '"' }, says: '--delimiter must be one character' },
  { options: { out: 'a.npy', idColumn: 'a' }, says: 'an npy file has only numbers' },
  { options: { keep: ['id'] }, says: 'copy it with --id-column id' },
  { options: { keep: ['embedding'] }, says: 'the output has its own embedding' },
  { options: { keep: ['start'], chunkTokens: 9 }, says: '--keep start is not possible: the output has its own start' },
  { options: { out: 'a.npy', chunkTokens: 9 }, says: 'an npy file has only numbers' },
  { options: { chunkOverlap: 2 }, says: '--chunk-overlap needs --chunk-tokens' },
  { options: { chunkTokens: 9, url: 'http://a' }, says: '--chunk-tokens needs the tokenizer of the model' },
  { options: { inputs: ['a.txt'], titleColumn: 'a' }, says: 'a.txt is read as txt, and has no columns' },
  { options: { keep: ['a', 'b', 'a'] }, says: '--keep names a twice' },
])('explains options that contradict each other: $says', ({ options, says }) => {
  const planning = (): unknown => plan(options);
  expect(planning).toThrow(UsageError);
  expect(planning).toThrow(says);
});
