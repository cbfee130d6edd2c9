export interface EmbeddingItem {
  readonly object: string;
  readonly index: number;
  readonly embedding: readonly number[] | string;
  readonly truncated?: true;
  readonly error?: OpenAiError;
}

export interface EmbeddingList {
  readonly object: string;
  readonly data: readonly EmbeddingItem[];
  readonly model: string;
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
}

interface OpenAiError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string;
}

export interface OpenAiErrorBody {
  readonly error: OpenAiError;
}

/** Decodes the vector of an item that came as base64. */
export function decoded({ embedding }: Pick<EmbeddingItem, 'embedding'>): readonly number[] {
  const bytes = Buffer.from(String(embedding), 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}
