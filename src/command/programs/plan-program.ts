import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Demand } from '../../capacity/index.js';
import { EXIT } from '../exit-codes.js';
import { examples } from './examples.js';
import { say } from './say.js';

interface Options extends Demand {
  readonly json?: boolean;
}

export function addPlan(program: Command): void {
  program
    .command('plan')
    .description('estimate the cores, memory, Redis and network that a demand needs, and show the arithmetic')
    .addOption(required('--requests <count>', 'requests a second, in the busiest minute', numberFrom(0.001, 10_000_000)))
    .addOption(required('--hit-rate <share>', 'texts whose vectors are in the cache, 0 to 1', numberFrom(0, 1)))
    .addOption(required('--tokens <count>', 'tokens of a text, on average', numberFrom(1, 1_000_000)))
    .addOption(optional('--texts-per-request <count>', 'texts of a request, on average', numberFrom(1, 100_000), 1))
    .addOption(optional('--keys <count>', 'callers that share the requests evenly', wholeFrom(1), 1))
    .addOption(new Option('--stored <count>', 'vectors in the cache; default: those computed in CACHE_TTL').argParser(wholeFrom(0)))
    .addOption(optional('--dimensions <count>', 'numbers of a vector', wholeFrom(1, 65_536), 384))
    .addOption(optional('--cores-per-machine <count>', 'cores of a machine', wholeFrom(1, 1024), 8))
    .addOption(
      new Option('--model-cost <ms>', "CPU milliseconds of a token; default: the bundled model's").argParser(numberFrom(0.000_001, 10_000)),
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples(
        'plan --requests 5000 --hit-rate 0.8 --tokens 64',
        'plan --requests 200 --hit-rate 0.1 --tokens 256 --texts-per-request 8 --model-cost 0.5 --dimensions 768 --json',
      ),
    )
    .action(async ({ json, ...demand }: Options) => {
      await printPlan(demand, json === true ? 'json' : 'lines');
      process.exitCode = EXIT.done;
    });
}

async function printPlan(demand: Demand, form: 'json' | 'lines'): Promise<void> {
  const { figureLine, planCapacity } = await import('../../capacity/index.js');
  const plan = planCapacity(demand);
  if (form === 'json') say(JSON.stringify(plan));
  else for (const figure of Object.values(plan)) say(figureLine(figure));
}

type Reader = (value: string) => number;

function required(flags: string, description: string, read: Reader): Option {
  return new Option(flags, description).argParser(read).makeOptionMandatory();
}

function optional(flags: string, description: string, read: Reader, fallback: number): Option {
  return new Option(flags, description).argParser(read).default(fallback);
}

function numberFrom(least: number, most: number): Reader {
  return (value) => {
    const number = Number(value);
    if (value.trim() === '' || !(number >= least && number <= most)) {
      throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
    }
    return number;
  };
}

function wholeFrom(least: number, most = 1e12): Reader {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < least || number > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return number;
  };
}
