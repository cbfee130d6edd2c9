/** The tests run the commands of the front page and the guides as a reader does, some of them with Python and curl; and they read files with NumPy and pyarrow. */
import { pythonReaders } from '../test/support/python-readers.js';
import { installPackage } from './install-package.js';
import { isOnPath } from './is-on-path.js';

for (const program of ['python3', 'curl']) {
  if (!isOnPath(program) && !(installPackage({ apt: program, brew: program }) && isOnPath(program))) {
    console.error(`The tests need ${program} on the PATH. Install it: \`apt-get install ${program}\` or \`brew install ${program}\`.`);
    process.exitCode = 1;
  }
}
if (process.exitCode === undefined) pythonReaders();
