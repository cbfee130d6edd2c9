import type { Command } from 'commander';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { examples } from './examples.js';
import type { ServeCommand } from '../serve-command.js';

/** `service` is the program of the service. */
export function addServe(program: Command, service: URL): void {
  program
    .command('serve')
    .description('start the service; Ctrl-C or SIGTERM finishes the running requests and ends it')
    .option('-p, --port <port>', 'sets API_PORT; default 8000, 0 = a free one')
    .option('--host <address>', 'sets API_HOST; default 0.0.0.0')
    .option(
      '-m, --model <model>',
      'the only model: a name of the configuration, a bundled name, a folder or a hub id; or a model of OpenAI, if that is the provider',
    )
    .addHelpText('after', examples('serve', 'serve --port 9000 --host 127.0.0.1', 'serve --model ./my-model'))
    .action(async (options: ServeCommand) => {
      process.exitCode = await exitCodeOf(async () => {
        const { runServeCommand } = await import('../serve-command.js');
        await runServeCommand(options, service);
        return EXIT.done;
      });
    });
}
