import type { Command } from 'commander';
import type { KeyOptions } from '../../auth/index.js';
import { UsageError } from '../command-error.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { examples } from './examples.js';
import { say } from './say.js';

export function addKey(program: Command): void {
  program
    .command('key')
    .description('make a key: its secret, shown this once, and the entry for API_KEYS, which holds only its hash')
    .argument('<name>', 'letters, digits and . _ -')
    .option('--role <role>', 'client or admin; default client')
    .option('--requests <limit>', 'requests that it may make in a window; 0 = no limit, default RATE_LIMIT_REQUESTS')
    .option('--tokens <limit>', 'tokens that it may have embedded in a window; 0 = no limit, default RATE_LIMIT_TOKENS')
    .option('--jobs <limit>', 'jobs that it may have queued or active; 0 = no limit, default MAX_QUEUED_JOBS_PER_KEY')
    .option('--job-texts <limit>', 'texts of these jobs that are still to do; 0 = no limit, default MAX_QUEUED_JOB_TEXTS_PER_KEY')
    .addHelpText('after', examples('key search', 'key operator --role admin', 'key search --requests 1000 --tokens 500000'))
    .action(async (name: string, options: KeyOptions) => {
      process.exitCode = await exitCodeOf(async () => await makeKey(name, options));
    });
}

async function makeKey(name: string, options: KeyOptions): Promise<number> {
  const { newKey } = await import('../../auth/index.js');
  const made = newKey(name, options);
  if (typeof made === 'string') throw new UsageError(`This would not be a key: ${made}`);
  say(`Key (shown this once): ${made.secret}\nFor API_KEYS:          ${made.entry}`);
  return EXIT.done;
}
