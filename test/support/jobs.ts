import { eventually } from './eventually.js';
import { getJson } from './get-json.js';
import { type JsonAnswer, postJson } from './post-json.js';

export interface JobBody {
  readonly id: string;
  readonly status: 'queued' | 'active' | 'completed' | 'failed' | 'cancelled';
  readonly progress: { readonly total: number; readonly completed: number; readonly failed: number };
  readonly space: string;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly notice?: string;
}

export interface ResultLine {
  readonly index: number;
  readonly id?: string;
  readonly document?: number;
  readonly chunk?: number;
  readonly start?: number;
  readonly end?: number;
  readonly embedding?: readonly number[];
  readonly tokens?: number;
  readonly truncated?: boolean;
  readonly error?: { readonly code: string; readonly message: string };
}

type Headers = Readonly<Record<string, string>>;

export async function submitJob(url: string, texts: readonly string[], headers: Headers = {}): Promise<JsonAnswer<JobBody>> {
  return await postJson<JobBody>(`${url}/jobs`, { texts }, headers);
}

export async function submitNdjson(url: string, lines: string, headers: Headers = {}, query = ''): Promise<JsonAnswer<JobBody>> {
  return await postJson<JobBody>(`${url}/jobs${query}`, lines, { 'content-type': 'application/x-ndjson', ...headers });
}

export async function readJob(url: string, id: string): Promise<JobBody> {
  return (await getJson<JobBody>(`${url}/jobs/${id}`)).body;
}

/** Resolves to the job when it has this many finished texts, or has ended. Asks again if the service does not answer. */
export async function untilDone(url: string, id: string, texts = Infinity, timeoutMs = 60_000): Promise<JobBody> {
  return await eventually(
    `job ${id} with ${texts} texts done`,
    async () => {
      const job = await readJob(url, id).catch(() => undefined);
      const isFinished = (job?.finished_at ?? null) !== null;
      const done = (job?.progress?.completed ?? 0) + (job?.progress?.failed ?? 0);
      return (isFinished || done >= texts) && job;
    },
    timeoutMs,
  );
}

export async function readResults(url: string, id: string, query = ''): Promise<readonly ResultLine[]> {
  const answer = await fetch(`${url}/jobs/${id}/results${query}`);
  const text = await answer.text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ResultLine);
}

/** Makes different texts that no test has asked for before. */
export function jobTexts(count: number, seed: string): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${seed}: text number ${index}, about a river and an engine`);
}
