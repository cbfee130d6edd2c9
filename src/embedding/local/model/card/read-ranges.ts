import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VectorRanges } from '../../../../vectors/index.js';
import { isObject, type ModelFolder } from './model-folder.js';

const FILE = 'vector-ranges.json';

/**
 * The least and the greatest value of each dimension, as `npm run calibrate:ranges` measured them; undefined = the folder
 * has no such file. They decide no float vector, so they are no part of the space.
 */
export function readRanges(folder: ModelFolder, dimensions: number): VectorRanges | undefined {
  if (!folder.has(FILE)) return undefined;
  const file = parsed(join(folder.path, FILE));
  const least = numbersOf(file['least'], dimensions);
  const greatest = numbersOf(file['greatest'], dimensions);
  if (least !== undefined && greatest !== undefined && least.every((value, index) => value <= (greatest[index] ?? NaN)))
    return { least, greatest };
  folder.fault(
    FILE,
    `must hold \`least\` and \`greatest\`, each an array of ${dimensions} numbers, no number of the first above its other`,
  );
  return undefined;
}

function parsed(path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function numbersOf(values: unknown, count: number): Float32Array | undefined {
  const isRight = Array.isArray(values) && values.length === count && values.every((value) => Number.isFinite(value));
  return isRight ? Float32Array.from(values as readonly number[]) : undefined;
}
