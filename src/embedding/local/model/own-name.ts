import { basename, resolve } from 'node:path';
import { isBundledModel, isModelFolder } from '../../../config/index.js';
import { originOf } from './origin.js';

/** The name that a model of this machine has by itself, from what EMBEDDING_MODEL or a `source` says; known before it is fetched. */
export function ownNameOf(model: string): string {
  if (isBundledModel(model)) return model;
  if (isModelFolder(model)) return originOf(model).model ?? basename(resolve(model));
  return model.split('@')[0] ?? model;
}
