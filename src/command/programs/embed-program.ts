import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Truncate } from '../../embedding/index.js';
import { OUTPUT_TYPES } from '../../vectors/index.js';
import type { EmbedCommand } from '../embed-plan.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { VECTOR_TYPES } from '../postgres/vector-type.js';
import { INPUT_FORMATS } from '../rows/input-file.js';
import { examples } from './examples.js';
import { interruption } from './interruption.js';

/** Written out, because src/embedding, which they are from, brings Nest; the type holds them equal. */
const TRUNCATIONS = Object.keys({ end: true, start: true, mean: true, error: true } satisfies Record<Truncate, true>);

export function addEmbed(program: Command): void {
  program
    .command('embed')
    .description('embed every row of the files, or every document of the folders, in their order')
    .argument(
      '<inputs...>',
      "files: txt (one text per line), md (one text), csv or tsv, jsonl, each also as .gz, or parquet; folders of documents; globs in quotes, such as 'docs/**/*.md'; - is standard input",
    )
    .option('-o, --out <output>', 'file: jsonl, npy or parquet; - is standard output, as jsonl')
    .addOption(new Option('--from <format>', 'format of the inputs, if their names do not show it').choices(INPUT_FORMATS))
    .option('--to <format>', 'format of the output, if its name does not show it; or a database: postgresql://user@host/database')
    .option('--table <name>', 'table of the database, created if it is not there; rows that it has as they are stay')
    .addOption(
      new Option('--vector-type <type>', 'type of the vectors in a new table; default vector, or halfvec from 2,001 dimensions on').choices(
        VECTOR_TYPES,
      ),
    )
    .option('--no-index', 'create no index for nearest neighbours in the table')
    .option('--delete-missing', 'delete the rows of the table whose ids the input does not have')
    .addOption(new Option('-c, --column <name>', 'column of the texts (csv, parquet); default text').conflicts('field'))
    .option('-f, --field <name>', 'field of the texts (jsonl), also in an object: doc.body; default text')
    .option('--id, --id-column <name>', 'column or field that is copied to the output as id')
    .option('--title-column <name>', 'column or field with a title, which stands before the text, and before each chunk of it')
    .addOption(new Option('--keep <names>', 'columns or fields that are copied to the output, separated by commas').argParser(namesOf))
    .option(
      '--delimiter <character>',
      'what separates the fields of a csv, or tab; default: comma, semicolon or tab, as the first line shows',
    )
    .addOption(new Option('--limit <rows>', 'embed only the first rows').argParser(countFrom(1)))
    .option('--input-type <name>', "what the texts are for: query, document or another prompt of the model; default: the model's")
    .addOption(new Option('--output-dtype <type>', 'type of the numbers; default float').choices(OUTPUT_TYPES))
    .addOption(
      new Option('--truncate <how>', 'what to do with a text that is longer than the model reads; default end').choices(TRUNCATIONS),
    )
    .option('--model <name>', 'the model; default EMBEDDING_MODEL, or that of the service')
    .addOption(
      new Option('--chunk-tokens <count>', 'cut texts into chunks of at most as many tokens, a row for each').argParser(countFrom(1)),
    )
    .addOption(new Option('--chunk-overlap <count>', 'tokens of a chunk that the next one repeats; default 0').argParser(countFrom(0)))
    .option('--url <url>', 'let this service compute')
    .addOption(new Option('--api-key <key>', 'key for --url; the environment hides it from other users').env('EMBEDDING_API_KEY'))
    .addOption(new Option('--on-error <what>', 'what to do with a row that cannot be embedded').choices(['skip', 'fail']).default('skip'))
    .option('--resume', 'continue an interrupted run')
    .option('--force', 'start from the beginning, and replace the output')
    .addHelpText(
      'after',
      examples(
        'embed texts.txt --out vectors.npy',
        'embed reviews.csv --column body --id id --out reviews.parquet',
        'embed docs.jsonl --field doc.body --input-type document --url http://localhost:8000 --out docs-vectors.jsonl',
      ),
    )
    .action(async (inputs: string[], options: Omit<EmbedCommand, 'inputs'>) => {
      process.exitCode = await exitCodeOf(async () => await embed({ ...options, inputs }));
    });
}

function namesOf(list: string): readonly string[] {
  const names = list.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('It must be names, separated by commas.');
  return names;
}

function countFrom(least: number): (value: string) => number {
  return (value) => {
    const count = Number(value);
    if (!/^\d+$/.test(value) || count < least) throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
    return count;
  };
}

async function embed(command: EmbedCommand): Promise<number> {
  const { runEmbedCommand } = await import('../embed-command.js');
  const { output, rows, written, failed, remarks } = await runEmbedCommand(command, interruption());
  const skipped = failed > 0 ? [`${counted(failed, 'row')} skipped`] : [];
  const all = command.chunkTokens === undefined ? counted(rows, 'row') : counted(written, 'chunk');
  const counts = [`${counted(written, 'vector')} of ${all}`, ...skipped, ...remarks];
  process.stderr.write(`${output}: ${counts.join(', ')}\n`);
  return failed > 0 ? EXIT.someSkipped : EXIT.done;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
