import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary-folder.js';

export const BUNDLED_MODEL = fileURLToPath(new URL('../../models/all-MiniLM-L6-v2/', import.meta.url));

/** Makes a copy of the bundled model under this name, in a temporary folder. */
export function copyOfBundledModel(name: string): string {
  const folder = join(temporaryFolder(), name);
  cpSync(BUNDLED_MODEL, folder, { recursive: true });
  return folder;
}
