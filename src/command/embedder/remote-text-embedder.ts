import { sizeInType, vectorOfNumbers, type OutputType } from '../../vectors/index.js';
import { CommandError, UsageError } from '../command-error.js';
import { ask, jsonOf, NOT_COMPUTED, type ErrorAnswer, type ServiceOptions } from './service-calls.js';
import type { EmbedderOptions, TextEmbedder, TextVector } from './text-embedder.port.js';

/** The limit of POST /embed/batch. */
const MOST_TEXTS = 100;
/** The service's error when its provider of embeddings refuses one of the texts. */
const REFUSED = 'text_refused';

interface RemoteOptions extends Omit<EmbedderOptions, 'chunk'>, ServiceOptions {
  /** Undefined = the default of the service. */
  readonly model?: string | undefined;
}

/** The facts from GET /stats, or from GET /v1/models/MODEL. */
interface ModelAnswer {
  readonly model?: string;
  readonly root?: string;
  readonly embedding_dim?: number;
  readonly dimensions?: number;
  readonly space?: string;
  readonly error?: { readonly message?: string };
}

interface BatchAnswer {
  readonly embeddings: readonly (readonly number[])[];
  readonly truncated: readonly boolean[];
}

/** Asks a service at a URL. It waits as long as the service's limits ask for, and repeats failed calls a few times. */
export class RemoteTextEmbedder implements TextEmbedder {
  readonly mostTexts = MOST_TEXTS;
  readonly cut = undefined;

  private constructor(
    private readonly options: RemoteOptions,
    readonly model: string,
    readonly dimensions: number,
    readonly space: string,
  ) {}

  static async connect(given: RemoteOptions): Promise<RemoteTextEmbedder> {
    const options = { ...given, url: given.url.replace(/\/+$/, '') };
    const path = options.model === undefined ? '/stats' : `/v1/models/${encodeURIComponent(options.model)}`;
    const answer = await ask(options, path);
    const { model, root, embedding_dim, dimensions = embedding_dim, space, error } = jsonOf<ModelAnswer>(answer);
    const name = root ?? model;
    if (options.model !== undefined && answer.status === 404 && error?.message !== undefined)
      throw new UsageError(`--model ${options.model}: ${options.url} says: ${error.message}`);
    if (answer.status !== 200 || name === undefined || dimensions === undefined || space === undefined) {
      throw new CommandError(
        `${options.url} is not an embedding-pipeline service, or refuses access: GET ${path} answered ${answer.status}`,
      );
    }
    return new RemoteTextEmbedder(options, name, dimensions, space);
  }

  async embed(texts: readonly string[], inputType = this.options.inputType): Promise<readonly (TextVector | string)[]> {
    if (texts.length === 0) return [];
    const { model, truncate, outputType } = this.options;
    const answer = await ask(this.options, '/embed/batch', {
      body: JSON.stringify({ texts, model, input_type: inputType, ...unlessUsual(truncate, outputType) }),
      space: this.space,
    });
    if (answer.status === 200)
      return vectorsOf(jsonOf<BatchAnswer>(answer), texts.length, { type: outputType, dimensions: this.dimensions });
    const error = jsonOf<ErrorAnswer>(answer);
    if (error.code === NOT_COMPUTED || error.code === REFUSED) return await this.embedApart(texts, inputType, 'could not be computed');
    if (answer.status === 413) return await this.embedApart(texts, inputType, 'is longer than the service takes');
    const faults = faultsByIndex(error);
    if (answer.status !== 400 || faults.size === 0) {
      throw new CommandError(`${this.options.url} answered ${answer.status}: ${error.message ?? 'without a message'}`);
    }
    const others = await this.embed(
      texts.filter((_, index) => !faults.has(index)),
      inputType,
    );
    let next = 0;
    return texts.map((_, index) => faults.get(index) ?? others[next++] ?? 'was not computed');
  }

  /** Embeds each half of the texts, and halves again, until the text that fails stands alone. */
  private async embedApart(
    texts: readonly string[],
    inputType: string | undefined,
    fault: string,
  ): Promise<readonly (TextVector | string)[]> {
    if (texts.length === 1) return [fault];
    const middle = Math.ceil(texts.length / 2);
    return [...(await this.embed(texts.slice(0, middle), inputType)), ...(await this.embed(texts.slice(middle), inputType))];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Older services know neither field. */
function unlessUsual(truncate: EmbedderOptions['truncate'], type: OutputType): object {
  return { ...(truncate !== 'end' && { truncate }), ...(type !== 'float' && { output_dtype: type }) };
}

interface AskedVectors {
  readonly type: OutputType;
  readonly dimensions: number;
}

function vectorsOf(
  { embeddings = [], truncated = [] }: Partial<BatchAnswer>,
  count: number,
  { type, dimensions }: AskedVectors,
): readonly TextVector[] {
  const size = sizeInType(dimensions, type);
  if (embeddings.length !== count || embeddings.some(({ length }) => length !== size)) {
    throw new CommandError('the service returned vectors of another number or size than requested');
  }
  return embeddings.map((numbers, index) => ({ vector: vectorOfNumbers(numbers, type), truncated: truncated[index] === true }));
}

function faultsByIndex({ details }: ErrorAnswer): ReadonlyMap<number, string> {
  const faults = Array.isArray(details) ? details : [];
  return new Map(
    faults.flatMap(({ field, message }: { field: string; message: string }) => {
      const index = /^texts\[(\d+)\]$/.exec(field)?.[1];
      return index === undefined ? [] : [[Number(index), message] as const];
    }),
  );
}
