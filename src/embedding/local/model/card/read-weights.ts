import { join } from 'node:path';
import { readSafetensorsHeader } from '../safetensors.js';
import type { ModelFolder } from './model-folder.js';

const WEIGHTS = 'model.safetensors';
const PICKLED_WEIGHTS = 'pytorch_model.bin';

/** The path of a module's weights, after a check that they have these tensors in these shapes; undefined = a fault. */
export function readWeights(folder: ModelFolder, module: string, shapes: Readonly<Record<string, readonly number[]>>): string | undefined {
  const name = join(module, WEIGHTS);
  if (!folder.has(name)) {
    folder.fault(
      name,
      `is missing: ${PICKLED_WEIGHTS} is not read, because it may hold code; load the model with sentence-transformers and save it to get safetensors`,
    );
    return undefined;
  }
  try {
    const { tensors } = readSafetensorsHeader(folder.use(name));
    for (const [tensor, shape] of Object.entries(shapes)) {
      const found = tensors.get(tensor);
      if (found?.shape.join() === shape.join()) continue;
      const actual = found === undefined ? 'none' : found.shape.join(' x ');
      folder.fault(name, `must hold ${tensor} of the shape ${shape.join(' x ')}, not ${actual}`);
      return undefined;
    }
    return join(folder.path, name);
  } catch (error) {
    folder.fault(name, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
