import { fileURLToPath } from 'node:url';
import { AnsweringProgram } from './answering-program.js';

const PROGRAM = fileURLToPath(new URL('./outputs-of-graphs.mjs', import.meta.url));

export interface GraphRun {
  readonly file: string;
  readonly shape: readonly number[];
  /** Of the input x. */
  readonly numbers: readonly number[];
}

export interface GraphOutput {
  readonly shape: readonly number[];
  readonly numbers: readonly number[];
}

const program = new AnsweringProgram<readonly GraphRun[], readonly GraphOutput[]>(process.execPath, PROGRAM);

/** What ONNX Runtime computes with each of these files. */
export async function runGraphs(runs: readonly GraphRun[]): Promise<readonly GraphOutput[]> {
  return await program.ask(runs);
}
