import { Option, type Command } from 'commander';
import type { CompareCommand } from '../compare/compare-command.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { examples } from './examples.js';
import { interruption } from './interruption.js';
import { say } from './say.js';

type Options = Omit<CompareCommand, 'queries' | 'documents'> & { readonly json?: boolean };

export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('embed the same queries and documents with two models, and show how far what they find differs')
    .argument('<queries>', 'a file in a format of embed, at most 1,000 rows')
    .argument('<documents>', 'a file in a format of embed')
    .option('-m, --model <model>', 'a name of the configuration, a bundled name, a folder or a hub id; give it twice', added)
    .option('--dtype <dtype>', 'weights as EMBEDDING_DTYPE names them; once for both models, or twice', added)
    .option('--url <url>', 'a running service, instead of the second model; with two models, both are those of the service')
    .addOption(new Option('--api-key <key>', 'key for --url; the environment hides it from other users').env('EMBEDDING_API_KEY'))
    .option('-c, --column <name>', 'column or field of the texts in both files; default text')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples(
        'compare --model all-MiniLM-L6-v2 --model ./my-model queries.txt documents.txt',
        'compare --model ./my-model --dtype fp32 --model ./my-model --dtype int8 queries.txt documents.txt',
        'compare --url http://localhost:8000 --model old --model new queries.txt documents.txt',
        'compare --model ./my-model-int8 --url http://localhost:8000 --json queries.txt documents.csv',
      ),
    )
    .action(async (queries: string, documents: string, { json, ...options }: Options) => {
      process.exitCode = await exitCodeOf(async () => await compare({ ...options, queries, documents }, json === true ? 'json' : 'lines'));
    });
}

function added(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

async function compare(command: CompareCommand, form: 'json' | 'lines'): Promise<number> {
  const { runCompareCommand } = await import('../compare/compare-command.js');
  const { comparisonLines } = await import('../compare/comparison.js');
  const comparison = await runCompareCommand(command, (line) => void process.stderr.write(`${line}\n`), interruption());
  for (const line of form === 'json' ? [JSON.stringify(comparison)] : comparisonLines(comparison)) say(line);
  return EXIT.done;
}
