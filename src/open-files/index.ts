/**
 * A program imports this before all else, with nothing behind it: where few files may be open, further imports fail with
 * errors about modules that are not found.
 */
export { openFilesFault, requireOpenFiles } from './open-file-limit.js';
