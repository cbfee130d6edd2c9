import { join } from 'node:path';
import { readSafetensorsHeader } from '../safetensors.js';
import { ACTIVATIONS, type Activation, type DenseStep, type LayerNormStep } from './model-card.js';
import { firstNumber, type ModelFolder } from './model-folder.js';

const WEIGHTS = 'model.safetensors';

/** A Dense module of sentence-transformers; undefined = it asks for what is not supported, which is a fault. */
export function readDense(folder: ModelFolder, module: string): DenseStep | undefined {
  const name = join(module, 'config.json');
  const config = folder.object(name);
  const inputs = firstNumber(config, ['in_features']);
  const outputs = firstNumber(config, ['out_features']);
  const activation = activationOf(config['activation_function']);
  const hasBias = config['bias'] !== false;
  const worksOn = config['module_input_name'] ?? 'sentence_embedding';
  if (inputs === undefined || outputs === undefined) folder.fault(name, 'must have in_features and out_features');
  if (worksOn !== 'sentence_embedding') folder.fault(name, `works on ${JSON.stringify(worksOn)}; supported is sentence_embedding`);
  if (activation === undefined)
    folder.fault(
      name,
      `asks for ${JSON.stringify(config['activation_function'])}, which is not supported; supported are ${ACTIVATIONS.join(', ')}`,
    );
  if (inputs === undefined || outputs === undefined) return undefined;
  const tensors = { 'linear.weight': [outputs, inputs], ...(hasBias && { 'linear.bias': [outputs] }) };
  const weights = readWeights(folder, module, tensors);
  if (weights === undefined || activation === undefined) return undefined;
  return { type: 'dense', inputs, outputs, activation, hasBias, weights };
}

export function readLayerNorm(folder: ModelFolder, module: string): LayerNormStep | undefined {
  const name = join(module, 'config.json');
  const size = firstNumber(folder.object(name), ['dimension']);
  if (size === undefined) {
    folder.fault(name, 'must have dimension');
    return undefined;
  }
  const weights = readWeights(folder, module, { 'norm.weight': [size], 'norm.bias': [size] });
  return weights === undefined ? undefined : { type: 'layer-norm', size, weights };
}

/** The name of a PyTorch class; the module does as that class does. */
function activationOf(value: unknown): Activation | undefined {
  if (value === undefined) return 'tanh'; // as sentence-transformers has it
  const name = typeof value === 'string' ? value.split('.').at(-1)?.toLowerCase() : undefined;
  return ACTIVATIONS.find((activation) => activation === name);
}

/** Checks that the file has these tensors in these shapes. */
function readWeights(folder: ModelFolder, module: string, shapes: Readonly<Record<string, readonly number[]>>): string | undefined {
  const name = join(module, WEIGHTS);
  if (!folder.has(name)) {
    folder.fault(name, 'is missing; weights of modules are read from safetensors, not from pytorch_model.bin');
    return undefined;
  }
  try {
    const { tensors } = readSafetensorsHeader(folder.use(name));
    for (const [tensor, shape] of Object.entries(shapes)) {
      const found = tensors.get(tensor);
      if (found?.shape.join() === shape.join()) continue;
      folder.fault(
        name,
        `must hold ${tensor} of the shape ${shape.join(' x ')}, not ${found === undefined ? 'none' : found.shape.join(' x ')}`,
      );
      return undefined;
    }
    return join(folder.path, name);
  } catch (error) {
    folder.fault(name, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
