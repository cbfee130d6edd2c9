import { accessSync, constants, statSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from './command-error.js';
import { PartialOutput } from './output/partial-output.js';
import type { FoundInput } from './rows/find-inputs.js';
import { isStandardStream } from './standard-stream.js';
import { faultOfSystem } from './system-fault.js';

interface Paths {
  readonly inputs: readonly FoundInput[];
  /** Undefined = the output is no file. */
  readonly out: string | undefined;
  readonly resume?: boolean;
  readonly force?: boolean;
}

/** Throws a UsageError if an input cannot be read, or the output cannot be written. Changes nothing. */
export function checkPaths(paths: Paths): void {
  for (const { path, files } of paths.inputs) if (files === undefined && !isStandardStream(path)) checkInput(path);
  const { out } = paths;
  if (out !== undefined && !isStandardStream(out)) checkOutput({ ...paths, out });
}

function checkInput(path: string): void {
  const stats = statsOf(path);
  if (stats === undefined) throw new UsageError(`there is no file ${path}`);
  if (!stats.isFile()) throw new UsageError(`${path} is not a regular file: pipe its content into the command, with - as input`);
  checkAccess(path, constants.R_OK, 'read');
}

function checkOutput({ inputs, out, resume, force }: Paths & { readonly out: string }): void {
  if (inputs.some(({ path }) => resolve(path) === resolve(out))) throw new UsageError('the input and the output are the same file');
  const folder = dirname(resolve(out));
  if (statsOf(folder)?.isDirectory() !== true) throw new UsageError(`there is no folder ${folder}: create it, or choose another --out`);
  checkAccess(folder, constants.W_OK, 'write into');
  const stats = statsOf(out);
  if (stats !== undefined && !stats.isFile())
    throw new UsageError(`${out} is not a regular file: choose another --out, or - for standard output`);
  if (force === true) return;
  if (stats !== undefined) throw new UsageError(`${out} already exists: choose another --out, or replace it with --force`);
  if (resume !== true && PartialOutput.exists(out)) {
    throw new UsageError(`${out}.partial exists from an unfinished run: continue it with --resume, or start again with --force`);
  }
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const fault = faultOfSystem(error);
    throw fault === undefined ? error : new UsageError(`cannot use ${path}: ${fault}`, { cause: error });
  }
}

function checkAccess(path: string, mode: number, verb: string): void {
  try {
    accessSync(path, mode);
  } catch (error) {
    const fault = faultOfSystem(error);
    throw fault === undefined ? error : new UsageError(`cannot ${verb} ${path}: ${fault}`, { cause: error });
  }
}
