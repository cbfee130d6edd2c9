import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A folder with any of these is meant as a model, even if another file is missing. */
const FILES = ['config.json', 'modules.json', 'tokenizer.json'];

export function isModelFolder(path: string): boolean {
  return FILES.some((name) => existsSync(join(path, name)));
}
