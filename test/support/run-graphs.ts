import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

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

/** What ONNX Runtime computes with each of these files. */
export async function runGraphs(runs: readonly GraphRun[]): Promise<readonly GraphOutput[]> {
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(runs));
  return JSON.parse(await text(child.stdout)) as readonly GraphOutput[];
}
