import { type JsonAnswer, postJson } from './post-json.js';

export interface EmbedBody {
  readonly embedding: readonly number[];
  readonly cached: boolean;
  readonly model: string;
  readonly tokens: number;
  readonly truncated: boolean;
}

export interface BatchBody {
  readonly embeddings: readonly (readonly number[])[];
  readonly count: number;
  readonly cached_count: number;
  readonly model: string;
  readonly tokens: number;
  readonly truncated: readonly boolean[];
}

export interface ErrorBody {
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly code: string;
  readonly details?: readonly { readonly field: string; readonly message: string }[];
  readonly requestId: string;
}

type Headers = Readonly<Record<string, string>>;

export async function embed(url: string, text: string, headers: Headers = {}): Promise<JsonAnswer<EmbedBody>> {
  return await postJson<EmbedBody>(`${url}/embed`, { text }, headers);
}

export async function embedBatch(url: string, texts: readonly string[], headers: Headers = {}): Promise<JsonAnswer<BatchBody>> {
  return await postJson<BatchBody>(`${url}/embed/batch`, { texts }, headers);
}
