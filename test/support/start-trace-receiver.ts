import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { leftovers } from './leftovers.js';

interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly status: { readonly code: number };
}

interface OtlpExport {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

export interface TraceReceiver {
  readonly url: string;
  /** The bodies that were received so far. */
  text(): string;
  spans(): readonly OtlpSpan[];
  serviceNames(): readonly (string | undefined)[];
}

/** Starts a receiver of OTLP over HTTP, as JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp). */
export async function startTraceReceiver(): Promise<TraceReceiver> {
  const bodies: string[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await read(request);
    if (request.url === '/v1/traces') bodies.push(body);
    response.setHeader('content-type', 'application/json').end('{}');
  };
  const server = createServer((request, response) => void take(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The receiver has no port');
  leftovers.add({
    kill: () => {
      server.close();
      server.closeAllConnections();
    },
  });

  const exports = (): readonly OtlpExport['resourceSpans'][number][] =>
    bodies.flatMap((body) => (JSON.parse(body) as OtlpExport).resourceSpans);
  return {
    url: `http://127.0.0.1:${address.port}`,
    text: () => bodies.join(''),
    spans: () => exports().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    serviceNames: () => exports().map(({ resource }) => attribute(resource.attributes, 'service.name')),
  };
}

export function attribute(attributes: readonly OtlpAttribute[], name: string): string | undefined {
  const value = attributes.find(({ key }) => key === name)?.value;
  return value?.stringValue ?? value?.intValue?.toString();
}

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  return body;
}
