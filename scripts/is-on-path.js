import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** @param {string} program */
export function isOnPath(program) {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => directory !== '' && isExecutable(join(directory, program)));
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
