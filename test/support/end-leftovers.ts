import { leftovers } from './leftovers.js';
import { removeTemporaryFolders } from './temporary-folder.js';

/** No test file leaves a process or a folder behind, however it ends. */
afterAll(() => {
  for (const process of leftovers) process.kill('SIGKILL');
  removeTemporaryFolders();
});
