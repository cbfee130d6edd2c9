export { runCheckCommand } from './check-command.js';
export { CommandError } from './command-error.js';
export { runEmbedCommand, type EmbedCommand } from './embed-command.js';
export { runQuantizeCommand, type QuantizeCommand } from './quantize-command.js';
export { OUTPUT_FORMATS } from './output/output-format.js';
export { INPUT_FORMATS } from './rows/open-rows.js';
