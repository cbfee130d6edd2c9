#!/usr/bin/env node
import type { KeyOptions } from './auth/index.js';
import type { EmbedCommand, QuantizeCommand } from './command/index.js';
import { requireOpenFiles } from './open-files/index.js';

requireOpenFiles(); // before all other imports, because they fail where few files may be open
await import('reflect-metadata');
const { Command, InvalidArgumentError, Option } = await import('commander');
const { CommandError, INPUT_FORMATS, OUTPUT_FORMATS, runCheckCommand, runEmbedCommand, runQuantizeCommand, StoppedError, UsageError } =
  await import('./command/index.js');
const { TRUNCATIONS } = await import('./embedding/index.js');
const { OUTPUT_TYPES } = await import('./vectors/index.js');
const { SettingsError } = await import('./config/index.js');
const { newKey } = await import('./auth/index.js');

/** The exit codes of the command. */
const EXIT = { done: 0, failed: 1, usage: 2, someSkipped: 3, interrupted: 130 } as const;

/** The reader of the output, such as `head`, may need no more of it. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  process.stderr.write(`cannot write standard output: ${error.message}\n`);
  process.exit(EXIT.failed);
});

const program = new Command('embedding-pipeline')
  .description(
    'Embeds the texts of files, and makes keys for the service. It reads the settings of the service: environment variables and .env.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage));

program
  .command('embed')
  .description('embed every row of the files, in their order')
  .argument('<inputs...>', 'files: txt (one text per line), csv or tsv, jsonl, each also as .gz, or parquet; - is standard input')
  .requiredOption('-o, --out <output>', 'file: jsonl, npy or parquet; - is standard output, as jsonl')
  .addOption(new Option('--from <format>', 'format of the inputs, if their names do not show it').choices(INPUT_FORMATS))
  .addOption(new Option('--to <format>', 'format of the output, if its name does not show it').choices(OUTPUT_FORMATS))
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
  .addOption(new Option('--truncate <how>', 'what to do with a text that is longer than the model reads; default end').choices(TRUNCATIONS))
  .addOption(
    new Option('--chunk-tokens <count>', 'cut texts into chunks of at most as many tokens, a row for each').argParser(countFrom(1)),
  )
  .addOption(new Option('--chunk-overlap <count>', 'tokens of a chunk that the next one repeats; default 0').argParser(countFrom(0)))
  .option('--url <url>', 'let this service compute')
  .addOption(new Option('--api-key <key>', 'key for --url; the environment hides it from other users').env('EMBEDDING_API_KEY'))
  .addOption(new Option('--on-error <what>', 'what to do with a row that cannot be embedded').choices(['skip', 'fail']).default('skip'))
  .option('--resume', 'continue an interrupted run')
  .option('--force', 'start from the beginning, and replace the output')
  .action(async (inputs: string[], options: Omit<EmbedCommand, 'inputs'>) => {
    process.exitCode = await embed({ ...options, inputs });
  });

program
  .command('check')
  .description('show the configured model and how it is run, run it, and compare its vectors with those of a file')
  .argument('[vectors]', 'JSON lines of {"text", "embedding"}, from the program that made your index; default EMBEDDING_CHECK')
  .action(async (vectors: string | undefined) => {
    process.exitCode = await orFaults(async () => await runCheckCommand({ ...(vectors !== undefined && { vectors }) }, say));
  });

program
  .command('quantize')
  .description('write an fp32 model with int8 weights into a folder (2.5 times as fast, a quarter of the size), and compare the two')
  .argument('<model>', 'a folder or a hub id, as for EMBEDDING_MODEL')
  .requiredOption('-o, --out <folder>', 'a new folder')
  .option('--texts <file>', 'texts for the comparison, one per line; default: texts of this project')
  .action(async (model: string, options: Omit<QuantizeCommand, 'model'>) => {
    process.exitCode = await orFaults(async () => await runQuantizeCommand({ ...options, model }, say));
  });

program
  .command('key')
  .description('make a key: its secret, shown this once, and the entry for API_KEYS, which holds only its hash')
  .argument('<name>', 'letters, digits and . _ -')
  .option('--role <role>', 'client or admin; default client')
  .option('--requests <limit>', 'requests that it may make in a window; 0 = no limit, default RATE_LIMIT_REQUESTS')
  .option('--tokens <limit>', 'tokens that it may have embedded in a window; 0 = no limit, default RATE_LIMIT_TOKENS')
  .option('--jobs <limit>', 'jobs that it may have queued or active; 0 = no limit, default MAX_QUEUED_JOBS_PER_KEY')
  .option('--job-texts <limit>', 'texts of these jobs that are still to do; 0 = no limit, default MAX_QUEUED_JOB_TEXTS_PER_KEY')
  .action((name: string, options: KeyOptions) => {
    process.exitCode = key(name, options);
  });

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Runs a command; the faults of a SettingsError are lines for the user. */
async function orFaults(run: () => Promise<void>): Promise<number> {
  try {
    await run();
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT.failed;
  }
}

function key(name: string, options: KeyOptions): number {
  const made = newKey(name, options);
  if (typeof made === 'string') {
    process.stderr.write(`This would not be a key: ${made}\n`);
    return EXIT.usage;
  }
  process.stdout.write(`Key (shown this once): ${made.secret}\nFor API_KEYS:          ${made.entry}\n`);
  return EXIT.done;
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
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());
  try {
    const { rows, written, failed } = await runEmbedCommand(command, interruption.signal);
    const all = command.chunkTokens === undefined ? counted(rows, 'row') : counted(written, 'chunk');
    const skipped = failed > 0 ? `, ${counted(failed, 'row')} skipped` : '';
    const out = command.out === '-' ? 'standard output' : command.out;
    process.stderr.write(`${out}: ${counted(written, 'vector')} of ${all}${skipped}\n`);
    return failed > 0 ? EXIT.someSkipped : EXIT.done;
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    if (error instanceof StoppedError) return EXIT.interrupted;
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

await program.parseAsync();
