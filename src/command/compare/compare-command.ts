import { CommandError, StoppedError, UsageError } from '../command-error.js';
import { CommandLogger } from '../command-logger.js';
import { saidWaits } from '../embedder/said-waits.js';
import type { TextEmbedder } from '../embedder/text-embedder.port.js';
import { compared, type Comparison, type Side } from './comparison.js';
import { Nearest } from './nearest.js';
import { partsOf, readTexts, type NumberedText } from '../read-texts.js';

export interface CompareCommand {
  readonly queries: string;
  readonly documents: string;
  /** Names of the configuration, or as EMBEDDING_MODEL names them; two with `url` are models of that service. */
  readonly model?: readonly string[];
  /** The weights of the models, in their order, as EMBEDDING_DTYPE names them; one = of all. */
  readonly dtype?: readonly string[];
  /** A service that is the last of the two, or has both. */
  readonly url?: string;
  readonly apiKey?: string;
  readonly column?: string;
}

/** Neighbours that are compared; a search shows about as many. */
const MOST_NEIGHBOURS = 10;
/** Each document is compared with each query; with more, that would take longer than the embedding. */
const MOST_QUERIES = 1_000;

interface Run {
  readonly command: CompareCommand;
  readonly queries: readonly NumberedText[];
  readonly signal: AbortSignal;
  /** Tells the user how far the command is. */
  readonly note: (line: string) => void;
}

/**
 * Embeds the queries and the documents with one model after the other, and compares what is near to each query. Rejects with a
 * CommandError or a SettingsError.
 */
export async function runCompareCommand(command: CompareCommand, note: (line: string) => void, signal: AbortSignal): Promise<Comparison> {
  const { model: models = [], dtype: dtypes = [], url } = command;
  const areTwo = models.length === 2 || (models.length === 1 && url !== undefined);
  if (!areTwo) throw new UsageError('name two: --model twice, or --model once and --url');
  if (dtypes.length > 0 && models.length === 2 && url !== undefined)
    throw new UsageError('--dtype is for models of this machine, not of --url');
  if (dtypes.length > 1 && dtypes.length !== models.length) throw new UsageError('give one --dtype for all models, or one for each');
  try {
    const queries = await readQueries(command);
    const run = { command, queries, signal, note };
    const sides: Side[] = [];
    for (const open of opened(command, run)) sides.push(await sideOf(run, open));
    return compared(sides, queries);
  } catch (error) {
    throw signal.aborted ? new StoppedError('stopped') : error;
  }
}

type Open = () => Promise<TextEmbedder>;

/** How each of the two is opened. */
function opened({ model: models = [], dtype: dtypes = [], url }: CompareCommand, run: Run): readonly Open[] {
  if (url !== undefined && models.length === 2) return models.map((model) => async () => await openService({ url, model }, run));
  const local = models.map((model, index) => async () => await openModel({ model, dtype: dtypes[index] ?? dtypes[0] }, run));
  return url === undefined ? local : [...local, async () => await openService({ url, model: undefined }, run)];
}

async function readQueries({ queries: path, column }: CompareCommand): Promise<readonly NumberedText[]> {
  const queries: NumberedText[] = [];
  for await (const query of readTexts(path, column)) {
    if (queries.push(query) > MOST_QUERIES) throw new UsageError(`${path} has more than ${MOST_QUERIES} queries: compare with fewer`);
  }
  return queries;
}

async function sideOf({ command, queries, note, signal }: Run, open: () => Promise<TextEmbedder>): Promise<Side> {
  const embedder = await open();
  try {
    const { model, dimensions, space, mostTexts } = embedder;
    note(`${model}, ${dimensions} dimensions`);
    const vectors: Float32Array[] = [];
    for await (const part of partsOf(iterable(queries), mostTexts)) vectors.push(...(await vectorsOf(embedder, part, 'query')));
    const nearest = new Nearest(vectors, MOST_NEIGHBOURS);
    let documents = 0;
    for await (const part of partsOf(readTexts(command.documents, command.column), mostTexts)) {
      signal.throwIfAborted();
      nearest.add(await vectorsOf(embedder, part, 'document'));
      documents += part.length;
    }
    return { model, dimensions, space, documents, nearest };
  } finally {
    await embedder.close();
  }
}

async function* iterable<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

/** A text that occurs twice is computed once. */
async function vectorsOf(embedder: TextEmbedder, part: readonly NumberedText[], inputType: string): Promise<readonly Float32Array[]> {
  const texts = [...new Set(part.map(({ text }) => text))];
  const outcomes = await embedder.embed(texts, inputType);
  const byText = new Map(texts.map((text, index) => [text, outcomes[index]]));
  return part.map(({ text, where }) => {
    const outcome = byText.get(text) ?? 'was not computed';
    if (typeof outcome === 'string') throw new CommandError(`${where} ${outcome}`);
    return Float32Array.from(outcome.vector);
  });
}

interface ModelToOpen {
  readonly model: string;
  readonly dtype: string | undefined;
}

async function openModel({ model, dtype }: ModelToOpen, { note, signal }: Run): Promise<TextEmbedder> {
  const [{ loadSettings }, { LocalTextEmbedder }] = await Promise.all([
    import('../../config/index.js'),
    import('../embedder/local-text-embedder.js'),
  ]);
  return await LocalTextEmbedder.start(loadSettings(dtype === undefined ? {} : { EMBEDDING_DTYPE: dtype }, model), {
    ...optionsOf(signal),
    chunk: undefined,
    logger: new CommandLogger({ say: note }),
  });
}

interface ServedModel {
  readonly url: string;
  /** Undefined = the default of the service. */
  readonly model: string | undefined;
}

async function openService({ url, model }: ServedModel, { command: { apiKey }, note, signal }: Run): Promise<TextEmbedder> {
  const { RemoteTextEmbedder } = await import('../embedder/remote-text-embedder.js');
  return await RemoteTextEmbedder.connect({ ...optionsOf(signal), url, model, apiKey, onWait: saidWaits(note) });
}

function optionsOf(signal: AbortSignal) {
  return { inputType: undefined, truncate: 'end', outputType: 'float', signal } as const;
}
