import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  BUNDLED_MODELS_DIR,
  faultOfModel,
  isBundledModel,
  isModelFolder,
  SettingsError,
  type LocalEmbeddingSettings,
} from '../../../config/index.js';
import { describeModel, type ModelOptions } from './card/describe-model.js';
import type { ModelCard } from './card/model-card.js';
import { fetchModel } from './fetch-model.js';
import { onnxFilesOf, ROWWISE_FILE, sourcesOf } from './onnx/onnx-files.js';
import { readOnnxGraph } from './onnx/onnx-graph.js';
import { originOf } from './origin.js';
import { ownNameOf } from './own-name.js';
import { quantizedFolder } from './quantize/quantized-model.js';
import { sayProgress, type Say } from './say-progress.js';

/**
 * Finds the model that the settings name, fetches it where they allow that, makes int8 weights where they ask for them, and
 * describes it. Rejects with a SettingsError that has a line for each reason why its vectors would not be the right ones.
 */
export async function openModel(settings: LocalEmbeddingSettings, say: Say): Promise<ModelCard> {
  const { names, model, pooling, maxTokens, dimensions, prompts } = settings;
  const dtype = settings.dtype === 'auto' ? (isBundledModel(model) ? 'q8' : 'fp32') : settings.dtype;
  const folder = await findFolder(settings, dtype, say);
  const options = {
    names,
    folder,
    name: ownNameOf(model),
    revision: originOf(folder).revision,
    dtype,
    pooling,
    maxTokens,
    dimensions,
    prompts,
  };
  if (!isToBeQuantized(folder, dtype)) return await cardOf(model, options);
  const source = await cardOf(model, { ...options, dtype: 'fp32' });
  return await cardOf(model, { ...options, folder: await quantized(source, settings, say) });
}

async function cardOf(model: string, options: ModelOptions): Promise<ModelCard> {
  const described = await describeModel(options);
  if ('card' in described) return described.card;
  const { names } = options;
  const isOfSetting = (fault: string): boolean => Object.values(names).some((name) => fault.startsWith(`${name}=`));
  const lineOf = (fault: string): string => (isOfSetting(fault) ? names.place + fault : faultOfModel({ names, model }, `: ${fault}`));
  throw new SettingsError(described.faults.map(lineOf));
}

/** Whether a folder has only what int8 weights can be made of. The usual int8 has one scale for a whole batch. */
function isToBeQuantized(folder: string, dtype: string): boolean {
  const has = (name: string): boolean => existsSync(join(folder, name));
  return dtype === 'int8' && !has(ROWWISE_FILE) && onnxFilesOf('fp32').some(has);
}

async function quantized(card: ModelCard, settings: LocalEmbeddingSettings, say: Say): Promise<string> {
  try {
    return await quantizedFolder(card, settings.modelCacheDir, sayProgress(say, `Making int8 weights of ${card.name}, once`));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingsError([faultOfModel(settings, `: ${settings.names.dtype}=int8 cannot be made of ${card.graph.file}: ${reason}`)]);
  }
}

/** The folder of the model, which is fetched if need be. */
async function findFolder(settings: LocalEmbeddingSettings, dtype: string, say: Say): Promise<string> {
  const { model } = settings;
  if (isBundledModel(model)) return join(BUNDLED_MODELS_DIR, model);
  if (isModelFolder(model)) return resolve(model);
  const [name = model, revision] = model.split('@');
  const folder = resolve(settings.modelCacheDir, revision === undefined ? name : `${name}@${revision.replaceAll('/', '--')}`);
  if (isWhole(folder, dtype)) return folder;
  if (settings.offline) {
    throw new SettingsError([
      faultOfModel(settings, ` is not in ${folder} and HF_HUB_OFFLINE is set: put it there, or unset HF_HUB_OFFLINE`),
    ]);
  }
  try {
    await fetchModel({ id: name, revision, dtype, dtypeSetting: settings.names.dtype, folder, hubUrl: settings.hubUrl, say });
  } catch (error) {
    throw cannotBeFetched(settings, folder, error);
  }
  return folder;
}

/** Whether the weights and the tokenizer are there; the other files were fetched before them. */
function isWhole(folder: string, dtype: string): boolean {
  const file = sourcesOf(dtype).find((name) => existsSync(join(folder, name)));
  if (file === undefined || !existsSync(join(folder, 'tokenizer.json'))) return false;
  try {
    return readOnnxGraph(join(folder, file)).externalFiles.every((location) => existsSync(join(folder, file, '..', location)));
  } catch {
    return true; // it is there and no graph: that is said when it is described
  }
}

function cannotBeFetched(settings: LocalEmbeddingSettings, folder: string, error: unknown): SettingsError {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  const reason = `${error instanceof Error ? error.message : String(error)}${cause}`;
  return new SettingsError([
    faultOfModel(
      settings,
      ` cannot be fetched from ${settings.hubUrl} (HF_ENDPOINT): ${reason}. ` +
        `Check the name and the network, or put the model into ${folder} and set HF_HUB_OFFLINE=true`,
    ),
  ]);
}
