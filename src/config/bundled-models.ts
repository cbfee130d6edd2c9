import { join } from 'node:path';
import { PACKAGE_ROOT } from './package-root.js';

/** The models that come with the service, in models/. */
export const BUNDLED_MODELS: readonly string[] = ['all-MiniLM-L6-v2'];

export function isBundledModel(name: string): boolean {
  return BUNDLED_MODELS.includes(name);
}

export const BUNDLED_MODELS_DIR = join(PACKAGE_ROOT, 'models');
