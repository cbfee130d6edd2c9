#!/usr/bin/env node
import { requireOpenFiles } from './open-files/index.js';

requireOpenFiles(); // before all other imports, because they fail where few files may be open
const { Command } = await import('commander');
const { addCheck, addCompare, addEmbed, addKey, addPlan, addQuantize, addServe, examples, EXIT } = await import('./command/index.js');
const { packageVersion } = await import('./config/index.js');
const { default: addCompletion } = await import('@bomb.sh/tab/commander');

/** The reader of the output, such as `head`, may need no more of it. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  process.stderr.write(`cannot write standard output: ${error.message}\n`);
  process.exit(EXIT.failed);
});

const program = new Command('embedding-pipeline')
  .description(
    'Turns texts into vectors: as a service, or for the texts of files. All subcommands read the settings of the service: environment variables and .env.',
  )
  .version(packageVersion(), '-v, --version', 'show the version')
  .addHelpText('after', examples('serve', 'embed texts.csv --out vectors.parquet', 'help compare'))
  .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage));

addServe(program, new URL('./main.js', import.meta.url));
addEmbed(program);
addCheck(program);
addCompare(program);
addQuantize(program);
addKey(program);
addPlan(program);
addCompletion(program);

await program.parseAsync();
