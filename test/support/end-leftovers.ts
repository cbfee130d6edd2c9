import { leftovers } from './leftovers.js';
import { removeTemporaryFolders } from './temporary-folder.js';

/** Ends the processes and removes the folders of a test file, however it ends. */
afterAll(() => {
  for (const process of leftovers) process.kill('SIGKILL');
  removeTemporaryFolders();
});
