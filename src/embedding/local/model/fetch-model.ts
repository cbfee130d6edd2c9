import { dirname, isAbsolute, join, posix } from 'node:path';
import { readFileSync } from 'node:fs';
import { availableDtypes } from './available-dtypes.js';
import { TRANSFORMER_FILES } from './card/read-transformer.js';
import { HubFiles } from './hub-files.js';
import type { Say } from './say-progress.js';
import { onnxFilesOf, sourcesOf } from './onnx/onnx-files.js';
import { readOnnxGraph } from './onnx/onnx-graph.js';

const NEEDED = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
/** Each decides vectors where it is there. */
const OPTIONAL = ['modules.json', 'config_sentence_transformers.json', '1_Pooling/config.json', ...TRANSFORMER_FILES];
const OF_A_MODULE = ['config.json', 'model.safetensors'];

export interface ModelDownload {
  /** As the hub names it: owner/name. */
  readonly id: string;
  readonly revision: string | undefined;
  readonly dtype: string;
  /** The setting that asks for the dtype. */
  readonly dtypeSetting: string;
  readonly folder: string;
  readonly hubUrl: string;
  /** Is told which file is under way. */
  readonly say: Say;
}

/** Fetches every file of a model that decides its vectors, as far as they are not in the folder. Rejects with the reason. */
export async function fetchModel(download: ModelDownload): Promise<void> {
  const { id, revision, dtype, folder, hubUrl, say } = download;
  const files = await HubFiles.open(hubUrl, id, { folder, revision, say });
  for (const name of NEEDED) await files.fetchNeeded(name);
  for (const name of OPTIONAL) await files.fetch(name);
  for (const path of modulePaths(folder)) for (const name of OF_A_MODULE) await files.fetch(`${path}/${name}`);
  const graph = (await fetchFirst(files, sourcesOf(dtype))) ?? (await refuseDtype(files, download));
  for (const location of readOnnxGraph(join(folder, graph)).externalFiles)
    await files.fetchNeeded(inside(posix.join(dirname(graph), location)));
}

async function fetchFirst(files: HubFiles, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) if (await files.fetch(inside(name))) return name;
  return undefined;
}

async function refuseDtype({ revision }: HubFiles, { id, hubUrl, dtype, dtypeSetting }: ModelDownload): Promise<never> {
  const available = await availableDtypes(id, revision, hubUrl);
  const advice = available.length === 0 ? '' : `; ${dtypeSetting} may be ${available.join(', ')}`;
  throw new Error(`${dtypeSetting}=${dtype} needs one of ${onnxFilesOf(dtype).join(', ')}, which the model does not have${advice}`);
}

/** The folders of modules that have weights of their own. */
function modulePaths(folder: string): readonly string[] {
  let modules: unknown;
  try {
    modules = JSON.parse(readFileSync(join(folder, 'modules.json'), 'utf8'));
  } catch {
    return []; // there is none, or it is no JSON, which describeModel reports
  }
  const paths = Array.isArray(modules) ? modules.map((module: { readonly path?: unknown } | null) => module?.path) : [];
  return paths.filter((path) => typeof path === 'string' && path !== '').map((path) => inside(path as string));
}

function inside(name: string): string {
  if (isAbsolute(name) || posix.normalize(name).startsWith('..')) throw new Error(`the model names a file outside its folder: ${name}`);
  return posix.normalize(name);
}
