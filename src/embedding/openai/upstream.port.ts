/** The service that computes the vectors. An implementation tries a call once; a decorator may retry it. */
export interface Upstream {
  /** Rejects with an UpstreamError. */
  embed(texts: readonly string[], options: CallOptions): Promise<UpstreamReply>;
}

export interface CallOptions {
  /** Aborts when all callers have left. */
  readonly signal: AbortSignal;
  /** When the reply is too late, on the clock of performance.now(). */
  readonly deadline: number;
}

export interface UpstreamReply {
  /** In the order of the texts, checked, each of length one (L2). */
  readonly vectors: readonly Float32Array<ArrayBuffer>[];
  /** Whether the upstream says that it read only a part of the text. */
  readonly truncated: readonly boolean[];
  /** The upstream's count for the call; undefined = it gives none. */
  readonly tokens: number | undefined;
}
