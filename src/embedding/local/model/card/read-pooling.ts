import { POOLINGS, type Pooling } from '../../../../config/index.js';
import type { PoolingStep } from './model-card.js';
import type { JsonObject, ModelFolder } from './model-folder.js';

/** The switches of 1_Pooling/config.json, in the order in which sentence-transformers puts several results together. */
const SWITCHES: readonly (readonly [name: string, mode: Pooling])[] = [
  ['pooling_mode_cls_token', 'cls'],
  ['pooling_mode_max_tokens', 'max'],
  ['pooling_mode_mean_tokens', 'mean'],
  ['pooling_mode_mean_sqrt_len_tokens', 'mean_sqrt_len'],
  ['pooling_mode_weightedmean_tokens', 'weightedmean'],
  ['pooling_mode_lasttoken', 'lasttoken'],
];

/** Undefined = it asks for what is not supported, which is a fault. */
export function readPooling(folder: ModelFolder, name: string): PoolingStep | undefined {
  const config = folder.object(name);
  const asked = [...namesOf(config['pooling_mode']), ...switchesOf(config)];
  const unknown = asked.filter((mode) => !isPooling(mode));
  if (unknown.length > 0) {
    folder.fault(name, `asks for ${unknown.join(', ')}, which is not supported; supported are ${POOLINGS.join(', ')}`);
    return undefined;
  }
  const modes = SWITCHES.map(([, mode]) => mode).filter((mode) => asked.includes(mode));
  if (modes.length > 0) return { type: 'pooling', modes, includePrompt: config['include_prompt'] !== false };
  folder.fault(name, `names no pooling; supported are ${POOLINGS.join(', ')}`);
  return undefined;
}

/** One name, or several. */
function namesOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((name) => typeof name === 'string');
}

/** Switches that are on: a known one as its pooling, another by its own name. */
function switchesOf(config: JsonObject): readonly string[] {
  const on = Object.keys(config).filter((name) => name.startsWith('pooling_mode_') && config[name] === true);
  return on.map((name) => SWITCHES.find(([known]) => known === name)?.[1] ?? name);
}

function isPooling(name: string): name is Pooling {
  return POOLINGS.some((pooling) => pooling === name);
}
