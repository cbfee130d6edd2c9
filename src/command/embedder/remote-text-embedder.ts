import { setTimeout } from 'node:timers/promises';
import { withDeadline } from '../../time/index.js';
import { sizeInType, vectorOfNumbers, type OutputType } from '../../vectors/index.js';
import { CommandError } from '../command-error.js';
import type { EmbedderOptions, TextEmbedder, TextVector } from './text-embedder.port.js';

/** The limit of POST /embed/batch. */
const MOST_TEXTS = 100;
/** Failures in a row after which a call is given up. The first call is given up at once: its URL is probably wrong. */
const MOST_FAILURES = 6;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const ANSWER_TIMEOUT_MS = 300_000;
/** The service's error when the model cannot compute one of the texts. */
const NOT_COMPUTED = 'inference_failed';
/** The service's error when its provider of embeddings refuses one of the texts. */
const REFUSED = 'text_refused';

interface RemoteOptions extends Omit<EmbedderOptions, 'chunk'> {
  /** Without a slash at its end. */
  readonly url: string;
  readonly apiKey: string | undefined;
  /** Called before each pause: the server asked for one, or did not answer. */
  readonly onWait: (pauseMs: number, reason: string) => void;
}

interface BatchAnswer {
  readonly embeddings: readonly (readonly number[])[];
  readonly truncated: readonly boolean[];
}

interface ErrorAnswer {
  readonly code?: string;
  readonly message?: string;
  readonly details?: readonly { readonly field: string; readonly message: string }[];
}

/** A response whose whole body has been read. */
interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
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

  static async connect(options: RemoteOptions): Promise<RemoteTextEmbedder> {
    const answer = await ask(options, '/stats');
    const stats = jsonOf<{ model?: string; embedding_dim?: number; space?: string }>(answer);
    const { model, embedding_dim: dimensions, space } = stats;
    if (answer.status !== 200 || model === undefined || dimensions === undefined || space === undefined) {
      throw new CommandError(
        `${options.url} is not an embedding-pipeline service, or refuses access: GET /stats answered ${answer.status}`,
      );
    }
    return new RemoteTextEmbedder(options, model, dimensions, space);
  }

  async embed(texts: readonly string[]): Promise<readonly (TextVector | string)[]> {
    if (texts.length === 0) return [];
    const { inputType, truncate, outputType } = this.options;
    const answer = await ask(this.options, '/embed/batch', {
      body: JSON.stringify({ texts, input_type: inputType, ...unlessUsual(truncate, outputType) }),
      space: this.space,
    });
    if (answer.status === 200)
      return vectorsOf(jsonOf<BatchAnswer>(answer), texts.length, { type: outputType, dimensions: this.dimensions });
    const error = jsonOf<ErrorAnswer>(answer);
    if (error.code === NOT_COMPUTED || error.code === REFUSED) return await this.embedApart(texts, 'could not be computed');
    if (answer.status === 413) return await this.embedApart(texts, 'is longer than the service takes');
    const faults = faultsByIndex(error);
    if (answer.status !== 400 || faults.size === 0) {
      throw new CommandError(`${this.options.url} answered ${answer.status}: ${error.message ?? 'without a message'}`);
    }
    const others = await this.embed(texts.filter((_, index) => !faults.has(index)));
    let next = 0;
    return texts.map((_, index) => faults.get(index) ?? others[next++] ?? 'was not computed');
  }

  /** Embeds each half of the texts, and halves again, until the text that fails stands alone. */
  private async embedApart(texts: readonly string[], fault: string): Promise<readonly (TextVector | string)[]> {
    if (texts.length === 1) return [fault];
    const middle = Math.ceil(texts.length / 2);
    return [...(await this.embed(texts.slice(0, middle))), ...(await this.embed(texts.slice(middle)))];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

interface Question {
  readonly body: string;
  readonly space: string;
}

async function ask(options: RemoteOptions, path: string, question?: Question): Promise<Answer> {
  const mostFailures = question === undefined ? 1 : MOST_FAILURES;
  let failures = 0;
  for (;;) {
    const { answer, fault } = await tryOnce(options, path, question);
    const isBusy = answer?.status === 429 || answer?.status === 503;
    if (answer !== undefined && (answer.status < 500 || isNotComputed(answer)) && !isBusy) return answer;
    if (!isBusy && ++failures === mostFailures) throw new CommandError(`${options.url} ${fault}`);
    const pauseMs = retryAfterMs(answer) ?? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
    options.onWait(pauseMs, `${options.url} ${fault}`);
    await setTimeout(pauseMs, undefined, { signal: options.signal });
  }
}

/** The service has already tried each text alone, so there is no use in sending them again together. */
function isNotComputed(answer: Answer): boolean {
  return jsonOf<ErrorAnswer>(answer).code === NOT_COMPUTED;
}

/** The answer, or the reason why there is none. */
async function tryOnce(
  options: RemoteOptions,
  path: string,
  question?: Question,
): Promise<{ readonly answer?: Answer; readonly fault: string }> {
  const { signal } = options;
  try {
    const deadline = { signal, timeoutMs: ANSWER_TIMEOUT_MS };
    const answer = await withDeadline(deadline, async (ending) => await send({ ...options, signal: ending }, path, question));
    return { answer, fault: `answered ${answer.status}` };
  } catch (error) {
    signal.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { fault: `does not answer (${cause instanceof Error ? cause.message : String(cause)})` };
  }
}

async function send({ url, apiKey, signal }: RemoteOptions, path: string, question?: Question): Promise<Answer> {
  const response = await fetch(url + path, {
    ...(question === undefined ? {} : { method: 'POST', body: question.body }),
    headers: {
      ...(question === undefined ? {} : { 'content-type': 'application/json', 'x-require-embedding-space': question.space }),
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    signal,
  });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.text() };
}

/** The body as JSON; an object without fields where it is none. */
function jsonOf<T>({ body }: Answer): Partial<T> {
  try {
    return (JSON.parse(body) ?? {}) as Partial<T>;
  } catch {
    return {};
  }
}

function retryAfterMs(answer: Answer | undefined): number | undefined {
  const seconds = Number(answer?.retryAfter ?? NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
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
