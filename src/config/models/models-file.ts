import type { EnvironmentReader } from '../environment-reader.js';
import type { Machine } from '../machine.js';
import { headerValue } from '../setting-readers.js';
import { isObject, readFields, type ValuesOf } from './file-fields.js';
import { LOCAL_FIELDS, modelFields, PROVIDER_FIELDS } from './model-fields.js';
import type { ModelSource } from './model-readers.js';

type ModelValues = ValuesOf<ReturnType<typeof modelFields>>;
type ProviderValues = ValuesOf<typeof PROVIDER_FIELDS>;

/** A model of the file, as it stands there. */
export interface FileModel extends Omit<ModelValues, 'source' | 'provider'> {
  /** Its place in the list, also where faulty models stand before it. */
  readonly index: number;
  readonly source: ModelSource;
  readonly provider: ProviderValues;
  /** The value of `provider.key_variable`; undefined = the file names none. */
  readonly key: string | undefined;
}

/** The file and the models that the value of MODELS_FILE asks for. */
interface ChosenModels {
  readonly path: string;
  /** The names behind the path, after `#`: only these models; undefined = all models of the file. */
  readonly names: readonly string[] | undefined;
}

/** Reads PATH, or PATH#NAME,NAME. */
export function chosenModels(setting: string): ChosenModels {
  const [path = '', ...rest] = setting.split('#');
  return { path, names: rest.length === 0 ? undefined : rest.join('#').split(',').map((name) => name.trim()) };
}

/** The models in MODELS_FILE, in their order. Adds a fault for each field that is wrong; then models may be missing. */
export function readModelsFile(path: string, env: EnvironmentReader, machine: Machine): readonly FileModel[] {
  const refuse = (place: string, fault: string): void => void env.faults.push(`MODELS_FILE=${path}: ${place} ${fault}`);
  const listed = modelsIn(machine.readFile(path));
  if (typeof listed === 'string') {
    env.faults.push(`MODELS_FILE=${path} ${listed}`);
    return [];
  }
  return listed.flatMap((given, index) => modelOf(given, { index, place: `models[${index}]`, env, machine, refuse }) ?? []);
}

/** The list in the file, or why there is none. */
function modelsIn(content: string | undefined): readonly unknown[] | string {
  if (content === undefined) return 'cannot be read';
  try {
    const file: unknown = JSON.parse(content);
    if (!isObject(file) || !Array.isArray(file['models']) || file['models'].length === 0)
      return 'must be an object with `models`, a list of at least one model (config/models.schema.json)';
    const other = Object.keys(file).find((name) => name !== 'models' && name !== '$schema');
    return other === undefined ? (file['models'] as readonly unknown[]) : `has a field that is not known: ${JSON.stringify(other)}`;
  } catch (error) {
    return `is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

interface Context {
  readonly index: number;
  readonly place: string;
  readonly env: EnvironmentReader;
  readonly machine: Machine;
  readonly refuse: (place: string, fault: string) => void;
}

function modelOf(given: unknown, context: Context): FileModel | undefined {
  const { index, place, machine, refuse } = context;
  const { source, provider, ...values } = readFields(modelFields(machine), given, context);
  if (source === undefined) {
    if (isObject(given) && !('source' in given)) refuse(place, 'needs a source: a model of this machine, or openai:MODEL');
    return undefined;
  }
  refuseOtherKind(source, Object.keys(given as object), context);
  const ofProvider = provider === undefined ? {} : readFields(PROVIDER_FIELDS, provider, { ...context, place: `${place}.provider` });
  return { ...values, index, source, provider: ofProvider, key: keyOf(ofProvider, context) };
}

function refuseOtherKind(source: ModelSource, names: readonly string[], { place, refuse }: Context): void {
  const others: readonly string[] = source.provider === 'local' ? ['provider'] : LOCAL_FIELDS;
  for (const name of names.filter((given) => others.includes(given)))
    refuse(`${place}.${name}`, `cannot be used with ${source.provider === 'local' ? 'a model of this machine' : 'an openai: model'}`);
}

/** The key in the variable, or in the file that VARIABLE_FILE names. */
function keyOf({ key_variable: variable }: ProviderValues, { place, env, machine, refuse }: Context): string | undefined {
  if (variable === undefined) return undefined;
  const file = env.valueOf(`${variable}_FILE`);
  const value = file === undefined ? env.valueOf(variable) : machine.readFile(file)?.trim();
  const read = headerValue(value ?? '');
  if ('value' in read) return read.value;
  const fault = value === undefined ? 'which is not set, or whose file cannot be read' : `whose value is not allowed: use ${read.allowed}`;
  refuse(`${place}.provider.key_variable`, `names ${variable}, ${fault}`);
  return undefined;
}
