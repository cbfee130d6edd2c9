/** The headers of an outgoing call that let its receiver continue the trace. */
export type TraceHeaders = Readonly<Record<string, string>>;

/** The ids that connect a log line with its trace, named as OpenTelemetry names them in logs. */
export type TraceIds = Readonly<Record<'trace_id' | 'span_id', string>>;

/** Records the stages and calls of the current request. */
export interface Tracer {
  stageEnded(stage: string, milliseconds: number, endedMsAgo: number): void;
  call<T>(name: string, url: string, send: (headers: TraceHeaders) => Promise<T>): Promise<T>;
  /** Undefined = there is no current request that is traced. */
  ids(): TraceIds | undefined;
}

/** The tracer of the process; undefined = nothing is traced, at no cost. It is global, because the current request is found by the asynchronous context. */
let tracer: Tracer | undefined;

export function traceWith(used: Tracer | undefined): void {
  tracer = used;
}

export function stageEnded(stage: string, milliseconds: number, endedMsAgo: number): void {
  tracer?.stageEnded(stage, milliseconds, endedMsAgo);
}

/** Calls `send` once, with the headers to add. */
export async function tracedCall<T>(name: string, url: string, send: (headers: TraceHeaders) => Promise<T>): Promise<T> {
  return tracer === undefined ? await send({}) : await tracer.call(name, url, send);
}

/** The ids of the current request. */
export function traceIds(): TraceIds | undefined {
  return tracer?.ids();
}
