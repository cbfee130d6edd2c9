import { fileURLToPath } from 'node:url';
import type { ModelOptions } from '../../src/embedding/local/model/card/describe-model.js';
import { AnsweringProgram } from './answering-program.js';

const PROGRAM = fileURLToPath(new URL('./vectors-of-models.mjs', import.meta.url));

export interface ModelTexts {
  readonly options: Pick<ModelOptions, 'folder'> & Partial<ModelOptions>;
  readonly prompt?: string;
  readonly fit?: 'start' | 'end' | 'windows';
  readonly texts: readonly string[];
}

export interface ModelVectors {
  /** Why there are no vectors. */
  readonly faults?: readonly string[];
  readonly ids: readonly (readonly number[])[];
  /** Of all texts in one run, and of each window where windows are asked for. */
  readonly vectors: readonly (readonly number[])[];
  readonly lengths: readonly number[];
  /** Of each text in a run of its own. */
  readonly alone: readonly (readonly number[])[];
}

const program = new AnsweringProgram<readonly ModelTexts[], readonly ModelVectors[]>(process.env['E2E_NODE'] ?? process.execPath, PROGRAM);

/** What the built service computes with each of these models. */
export async function computeVectors(models: readonly ModelTexts[]): Promise<readonly ModelVectors[]> {
  return await program.ask(models);
}
