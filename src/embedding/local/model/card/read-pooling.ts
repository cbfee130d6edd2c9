import { POOLINGS, type Pooling } from '../../../../config/index.js';
import type { PoolingStep } from './model-card.js';
import { firstNumber, type JsonObject, type ModelFolder } from './model-folder.js';

/** The switches of 1_Pooling/config.json up to sentence-transformers 5.3, in the order in which it puts several results together. */
const SWITCHES: readonly (readonly [name: string, mode: Pooling])[] = [
  ['pooling_mode_cls_token', 'cls'],
  ['pooling_mode_max_tokens', 'max'],
  ['pooling_mode_mean_tokens', 'mean'],
  ['pooling_mode_mean_sqrt_len_tokens', 'mean_sqrt_len'],
  ['pooling_mode_weightedmean_tokens', 'weightedmean'],
  ['pooling_mode_lasttoken', 'lasttoken'],
];
/** Later versions have this field in place of the switches, with one name or several. */
const NAMES = 'pooling_mode';
const OTHER_NAMES: Readonly<Record<string, Pooling>> = { mean_sqrt_len_tokens: 'mean_sqrt_len' };
const SIZES = ['embedding_dimension', 'word_embedding_dimension'];
const PROMPT = 'include_prompt';

/** Undefined = it asks for what is not supported, which is a fault. */
export function readPooling(folder: ModelFolder, name: string): PoolingStep | undefined {
  const config = folder.object(name);
  folder.checkFields(name, config, [NAMES, ...Object.keys(config).filter(isSwitch), PROMPT, ...SIZES]);
  const asked = config[NAMES] === undefined ? switchesOf(config) : namesOf(config[NAMES]);
  const unknown = asked.filter((mode) => !isPooling(mode));
  if (unknown.length > 0) {
    folder.fault(name, `asks for ${unknown.join(', ')}, which is not supported; supported are ${POOLINGS.join(', ')}`);
    return undefined;
  }
  const modes = asked.filter(isPooling);
  if (modes.length === 0) folder.fault(name, `names no pooling; supported are ${POOLINGS.join(', ')}`);
  const includePrompt = config[PROMPT] !== false;
  if (!includePrompt && modes.includes('cls'))
    folder.fault(
      name,
      'asks for cls without the prompt, which versions of sentence-transformers compute differently; supported is cls with it',
    );
  return modes.length === 0 ? undefined : { type: 'pooling', modes, includePrompt, size: firstNumber(config, SIZES) };
}

function namesOf(value: unknown): readonly string[] {
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  return names.map((name) => (typeof name === 'string' ? (OTHER_NAMES[name] ?? name) : JSON.stringify(name)));
}

/** The switches that are on: a known switch as its pooling, an unknown one by its own name. */
function switchesOf(config: JsonObject): readonly string[] {
  const unknown = Object.keys(config).filter((name) => isSwitch(name) && !SWITCHES.some(([known]) => known === name));
  return [
    ...SWITCHES.filter(([name]) => config[name] === true).map(([, mode]) => mode),
    ...unknown.filter((name) => config[name] === true),
  ];
}

function isSwitch(name: string): boolean {
  return name.startsWith(`${NAMES}_`);
}

function isPooling(name: string): name is Pooling {
  return POOLINGS.some((pooling) => pooling === name);
}
