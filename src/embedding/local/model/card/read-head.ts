import { join } from 'node:path';
import type { Pooling, SettingNames } from '../../../../config/index.js';
import { knownModel, needsItsModules } from '../known-models.js';
import type { CardNote, HeadStep } from './model-card.js';
import { firstNumber, isObject, type ModelFolder } from './model-folder.js';
import { readDense, readLayerNorm, readNormalize } from './read-dense.js';
import { readPooling } from './read-pooling.js';
import { PROMPTS_FILE } from './read-texts.js';

const MODULES = 'modules.json';
const POOLING_FOLDER = '1_Pooling';
/** The modules of sentence-transformers, which its older versions keep in another package. */
const OF_THE_LIBRARY = /^sentence_transformers\./;
const SUPPORTED = ['Transformer', 'Pooling', 'Dense', 'LayerNorm', 'Normalize', 'Dropout'];

export interface Head {
  /** Undefined = neither files nor list nor settings say it. */
  readonly steps: readonly HeadStep[] | undefined;
  readonly note: CardNote | undefined;
}

interface HeadOptions {
  readonly name: string;
  readonly names: SettingNames;
  /** Undefined = as the model says. */
  readonly pooling: Pooling | undefined;
}

/** How the vectors of a text's tokens become one: by the setting, the folder's files, or the list of known models. */
export function readHead(folder: ModelFolder, { name, names, pooling: asked }: HeadOptions): Head {
  const { steps: found, from } = stepsOf(folder, name, asked);
  const steps = found && [...found, ...cutOf(folder)];
  if (asked === undefined || steps === undefined) return { steps, note: from === undefined ? undefined : { what: 'pooling', from } };
  const overridden = steps.map((step): HeadStep => (step.type === 'pooling' ? { ...step, modes: [asked] } : step));
  return { steps: overridden, note: { what: 'pooling', from: names.pooling } };
}

/** The library cuts the vectors of a model that was saved with `truncate_dim`, after all its modules. */
function cutOf(folder: ModelFolder): readonly HeadStep[] {
  const size = firstNumber(folder.object(PROMPTS_FILE), ['truncate_dim']);
  return size === undefined ? [] : [{ type: 'cut', size }];
}

function stepsOf(folder: ModelFolder, name: string, asked: Pooling | undefined): { readonly steps: Head['steps']; readonly from?: string } {
  if (folder.has(MODULES)) return { steps: stepsOfModules(folder), from: MODULES };
  const config = join(POOLING_FOLDER, 'config.json');
  if (folder.has(config)) return { steps: present([readPooling(folder, config)]), from: config };
  if (asked !== undefined) return { steps: [{ type: 'pooling', modes: [asked], includePrompt: true, size: undefined }] };
  const known = knownModel(name);
  if (known === undefined || needsItsModules(name)) return { steps: undefined };
  return {
    steps: [{ type: 'pooling', modes: [known.pooling], includePrompt: true, size: undefined }],
    from: `the list of known models (${known.source})`,
  };
}

function stepsOfModules(folder: ModelFolder): readonly HeadStep[] {
  const modules = folder.json(MODULES);
  if (!Array.isArray(modules)) {
    if (modules !== undefined) folder.fault(MODULES, 'must hold a list of modules');
    return [];
  }
  const steps = present(modules.map((module: unknown) => stepOf(folder, module)));
  const isRight = steps.every(({ type }, index) => (type === 'pooling') === (index === 0));
  if (folder.faults.length === 0 && (!isRight || steps.length === 0))
    folder.fault(MODULES, 'must have one Pooling, right after the Transformer');
  return steps;
}

/** Undefined = a module that changes nothing, or one that is not supported, which is a fault. */
function stepOf(folder: ModelFolder, module: unknown): HeadStep | undefined {
  const { type = '', path = '' } = isObject(module) ? module : {};
  const [type_, path_] = [typeof type === 'string' ? type : '', typeof path === 'string' ? path : ''];
  const kind = OF_THE_LIBRARY.test(type_) ? (type_.split('.').at(-1) ?? '') : '';
  switch (kind) {
    case 'Transformer':
      if (path_ !== '') folder.fault(MODULES, `has its Transformer in ${path_}; supported is one in the folder itself`);
      return undefined;
    case 'Pooling':
      return readPooling(folder, join(path_, 'config.json'));
    case 'Dense':
      return readDense(folder, path_);
    case 'LayerNorm':
      return readLayerNorm(folder, path_);
    case 'Normalize':
      return readNormalize(folder, path_);
    case 'Dropout':
      return undefined;
    default:
      folder.fault(
        MODULES,
        `asks for ${type_ || 'a module without a type'}, which is not supported; supported are ${SUPPORTED.join(', ')}`,
      );
      return undefined;
  }
}

function present(steps: readonly (HeadStep | undefined)[]): readonly HeadStep[] {
  return steps.filter((step) => step !== undefined);
}
