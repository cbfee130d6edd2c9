/** The subcommands. They load little: each imports what it needs when it runs. */
export { EXIT } from './exit-codes.js';
export { addCompare } from './programs/compare-program.js';
export { addEmbed } from './programs/embed-program.js';
export { examples } from './programs/examples.js';
export { addKey } from './programs/key-program.js';
export { addCheck, addQuantize } from './programs/model-programs.js';
export { addPlan } from './programs/plan-program.js';
export { addServe } from './programs/serve-program.js';
