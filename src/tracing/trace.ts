/** What an outgoing call must carry so that whoever answers it goes on with the trace. */
export type TraceHeaders = Readonly<Record<string, string>>;

/** Writes down what happens to the request that is being answered, whoever does it. */
export interface Tracer {
  stageEnded(stage: string, milliseconds: number, endedMsAgo: number): void;
  call<T>(name: string, url: string, send: (headers: TraceHeaders) => Promise<T>): Promise<T>;
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
