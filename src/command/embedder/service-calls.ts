import { setTimeout } from 'node:timers/promises';
import { withDeadline } from '../../time/index.js';
import { CommandError } from '../command-error.js';

/** Failures in a row after which a call is given up. The first call is given up at once: its URL is probably wrong. */
const MOST_FAILURES = 6;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const ANSWER_TIMEOUT_MS = 300_000;
/** The service's error when the model cannot compute one of the texts. */
export const NOT_COMPUTED = 'inference_failed';

/** How to reach a service. */
export interface ServiceOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly signal: AbortSignal;
  /** Called before each pause: the server asked for one, or did not answer. */
  readonly onWait: (pauseMs: number, reason: string) => void;
}

export interface ErrorAnswer {
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

interface Question {
  readonly body: string;
  readonly space: string;
}

/** Waits as long as the service asks for, and repeats failed calls a few times. Rejects with a CommandError. */
export async function ask(options: ServiceOptions, path: string, question?: Question): Promise<Answer> {
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
  options: ServiceOptions,
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

async function send({ url, apiKey, signal }: ServiceOptions, path: string, question?: Question): Promise<Answer> {
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
export function jsonOf<T>({ body }: Answer): Partial<T> {
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
