import type { Command } from 'commander';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { examples } from './examples.js';
import type { QuantizeCommand } from '../quantize-command.js';
import { say } from './say.js';

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('show the configured model and how it is run, run it, and compare its vectors with those of a file')
    .argument('[vectors]', 'JSON lines of {"text", "embedding"}, from the program that made your index; default EMBEDDING_CHECK')
    .addHelpText('after', examples('check', 'check vectors-of-my-index.jsonl'))
    .action(async (vectors: string | undefined) => {
      process.exitCode = await exitCodeOf(async () => {
        const { runCheckCommand } = await import('../check-command.js');
        await runCheckCommand({ ...(vectors !== undefined && { vectors }) }, say);
        return EXIT.done;
      });
    });
}

export function addQuantize(program: Command): void {
  program
    .command('quantize')
    .description('write an fp32 model with int8 weights into a folder (2.5 times as fast, a quarter of the size), and compare the two')
    .argument('<model>', 'a folder or a hub id, as for EMBEDDING_MODEL')
    .requiredOption('-o, --out <folder>', 'a new folder')
    .option('--calibrate <file>', 'your texts in a format of embed, to find better weights; a quarter of them shows how much better')
    .option('--texts <file>', 'texts for the comparison, in a format of embed; default: that quarter, or texts of this project')
    .addHelpText(
      'after',
      examples('quantize ./my-model --out ./my-model-int8', 'quantize ./my-model --out ./my-model-int8 --calibrate my-texts.txt'),
    )
    .action(async (model: string, options: Omit<QuantizeCommand, 'model'>) => {
      process.exitCode = await exitCodeOf(async () => {
        const { runQuantizeCommand } = await import('../quantize-command.js');
        await runQuantizeCommand({ ...options, model }, say);
        return EXIT.done;
      });
    });
}
