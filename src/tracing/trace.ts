/** What an outgoing call must carry so that whoever answers it goes on with the trace. */
export type TraceHeaders = Readonly<Record<string, string>>;

/** By which a line of the log and a trace are found from each other; named as OpenTelemetry names them in logs. */
export interface TraceIds {
  readonly trace_id: string;
  readonly span_id: string;
}

/** Writes down what happens to the request that is being answered, whoever does it. */
export interface Tracer {
  stageEnded(stage: string, milliseconds: number, endedMsAgo: number): void;
  call<T>(name: string, url: string, send: (headers: TraceHeaders) => Promise<T>): Promise<T>;
  /** Undefined = nothing that is traced is being done. */
  ids(): TraceIds | undefined;
}

/** One for the process, as the request is one for whoever works on it; undefined = nothing is traced, at no cost. */
let tracer: Tracer | undefined;

export function traceWith(used: Tracer | undefined): void {
  tracer = used;
}

export function stageEnded(stage: string, milliseconds: number, endedMsAgo: number): void {
  tracer?.stageEnded(stage, milliseconds, endedMsAgo);
}

/** `send` is called once, with the headers to send along. */
export async function tracedCall<T>(name: string, url: string, send: (headers: TraceHeaders) => Promise<T>): Promise<T> {
  return tracer === undefined ? await send({}) : await tracer.call(name, url, send);
}

/** Of the request that is being answered. */
export function traceIds(): TraceIds | undefined {
  return tracer?.ids();
}
