import { join } from 'node:path';
import { installPython } from '../clients/install-client.js';

/** A Python with NumPy and pyarrow, which read the files that the service and the command write; installed into .cache/ once. */
export function pythonReaders() {
  return join(installPython(['numpy>=2,<3', 'pyarrow>=19']), 'venv/bin/python');
}
