export { runCheckCommand } from './check-command.js';
export { CommandError, StoppedError, UsageError } from './command-error.js';
export { runEmbedCommand } from './embed-command.js';
export type { EmbedCommand } from './embed-plan.js';
export { runQuantizeCommand, type QuantizeCommand } from './quantize-command.js';
export { INPUT_FORMATS } from './rows/input-file.js';
export { VECTOR_TYPES } from './postgres/vector-type.js';
