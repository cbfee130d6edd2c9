/** Loads little: what a subcommand needs is imported when it runs. */
import type { runEmbedCommand as Run } from './embed-command.js';

export { examples, EXIT, exitCodeOf } from './exit-codes.js';
export type { EmbedCommand } from './embed-plan.js';
export { VECTOR_TYPES } from './postgres/vector-type.js';
export { addCompare } from './programs/compare-program.js';
export { addKey } from './programs/key-program.js';
export { addCheck, addQuantize } from './programs/model-programs.js';
export { addServe } from './programs/serve-program.js';
export { INPUT_FORMATS } from './rows/input-file.js';

export const runEmbedCommand: typeof Run = async (...parameters) => {
  const command = await import('./embed-command.js');
  return await command.runEmbedCommand(...parameters);
};
