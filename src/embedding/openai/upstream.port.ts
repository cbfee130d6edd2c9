/** Whoever computes the vectors: one call, tried once or, by what decorates it, several times. */
export interface Upstream {
  /** Rejects with an UpstreamError. */
  embed(texts: readonly string[], options: CallOptions): Promise<UpstreamReply>;
}

export interface CallOptions {
  /** Aborts when nobody waits for the reply any more. */
  readonly signal: AbortSignal;
  /** When the reply is of no use any more, on the clock of performance.now(). */
  readonly deadline: number;
}

export interface UpstreamReply {
  /** In the order of the texts, checked, each of length one (L2). */
  readonly vectors: readonly Float32Array<ArrayBuffer>[];
  /** Whether the upstream says that it read only a part of the text. */
  readonly truncated: readonly boolean[];
  /** What the upstream counts for the call; undefined = it does not say. */
  readonly tokens: number | undefined;
}
