import { join } from 'node:path';
import { activationNamed, ACTIVATIONS, USUAL_ACTIVATION, type Activation } from '../activations.js';
import type { DenseStep, LayerNormStep } from './model-card.js';
import { firstNumber, type JsonObject, type ModelFolder } from './model-folder.js';
import { readWeights } from './read-weights.js';

/** A Dense module of sentence-transformers; undefined = it asks for what is not supported, which is a fault. */
export function readDense(folder: ModelFolder, module: string): DenseStep | undefined {
  const name = join(module, 'config.json');
  const config = folder.object(name);
  checkWorksOnTexts(folder, name, config);
  folder.checkFields(name, config, ['in_features', 'out_features', 'bias', 'activation_function', 'use_residual', ...WORKS_ON]);
  const inputs = firstNumber(config, ['in_features']);
  const outputs = firstNumber(config, ['out_features']);
  const activation = activationOf(folder, name, config['activation_function']);
  if (inputs === undefined || outputs === undefined) {
    folder.fault(name, 'must have in_features and out_features');
    return undefined;
  }
  const hasBias = config['bias'] !== false;
  const residual = residualOf(config, inputs, outputs);
  const weights = readWeights(folder, module, {
    'linear.weight': [outputs, inputs],
    ...(hasBias && { 'linear.bias': [outputs] }),
    ...(residual === 'product' && { 'residual.weight': [outputs, inputs] }),
  });
  if (weights === undefined || activation === undefined) return undefined;
  return { type: 'dense', inputs, outputs, activation, hasBias, residual, weights };
}

export function readLayerNorm(folder: ModelFolder, module: string): LayerNormStep | undefined {
  const name = join(module, 'config.json');
  const config = folder.object(name);
  folder.checkFields(name, config, ['dimension']);
  const size = firstNumber(config, ['dimension']);
  if (size === undefined) {
    folder.fault(name, 'must have dimension');
    return undefined;
  }
  const weights = readWeights(folder, module, { 'norm.weight': [size], 'norm.bias': [size] });
  return weights === undefined ? undefined : { type: 'layer-norm', size, weights };
}

/** Normalize has no file in older versions of sentence-transformers. */
export function readNormalize(folder: ModelFolder, module: string): { readonly type: 'normalize' } {
  const name = join(module, 'config.json');
  if (module !== '') checkWorksOnTexts(folder, name, folder.object(name)); // the folder's own config.json is the Transformer's
  return { type: 'normalize' };
}

const WORKS_ON = ['module_input_name', 'module_output_name'];
const OF_TEXTS = 'sentence_embedding';

/** Refuses a module that works on the vectors of tokens, because after the pooling there is only the vector of the text. */
function checkWorksOnTexts(folder: ModelFolder, name: string, config: JsonObject): void {
  for (const field of WORKS_ON) {
    const value = config[field] ?? OF_TEXTS;
    if (value !== OF_TEXTS) folder.fault(name, `has ${field} ${JSON.stringify(value)}; supported is ${OF_TEXTS}`);
  }
}

function activationOf(folder: ModelFolder, name: string, value: unknown): Activation | undefined {
  if (value === undefined) return USUAL_ACTIVATION;
  const activation = typeof value === 'string' ? activationNamed(value) : undefined;
  if (activation === undefined)
    folder.fault(
      name,
      `asks for ${JSON.stringify(value)}, which is not supported; supported are these of torch.nn: ${ACTIVATIONS.join(', ')}`,
    );
  return activation;
}

/** Weights of its own only where the sizes differ. */
function residualOf({ use_residual: used }: JsonObject, inputs: number, outputs: number): DenseStep['residual'] {
  if (used !== true) return 'none';
  return inputs === outputs ? 'vector' : 'product';
}
