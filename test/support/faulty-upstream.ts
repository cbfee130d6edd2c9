import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

export const UPSTREAM_DIMENSIONS = 8;

export interface UpstreamRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly model: string;
    readonly input: readonly string[];
    readonly encoding_format?: string;
    readonly dimensions?: number;
  };
}

interface Item {
  readonly object: 'embedding';
  readonly index: number;
  readonly embedding: unknown;
}

/** The ways in which the upstream answers a request. */
export type Behaviour = (request: UpstreamRequest, response: ServerResponse) => void;

export interface FaultyUpstream {
  /** The value for OPENAI_BASE_URL. */
  readonly url: string;
  /** The requests that arrived, also those that were answered wrongly. */
  readonly requests: readonly UpstreamRequest[];
  /** Sets the ways of the next requests, one each. Later requests are answered rightly. */
  next(...behaviours: readonly Behaviour[]): void;
  /** Sets the way of all later requests. */
  always(behaviour: Behaviour): void;
  stop(): Promise<void>;
}

/** Starts a server with OpenAI's API of embeddings that fails in the ways that a test sets. */
export async function startFaultyUpstream(host = '127.0.0.1'): Promise<FaultyUpstream> {
  const requests: UpstreamRequest[] = [];
  const planned: Behaviour[] = [];
  let usual: Behaviour = works;
  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(incoming);
    requests.push(request);
    (planned.shift() ?? usual)(request, response);
  }
  const server = createServer((incoming, response) => void serve(incoming, response)).listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The upstream has no port');

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}/v1`,
    requests,
    next: (...behaviours) => void planned.push(...behaviours),
    always: (behaviour) => (usual = behaviour),
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Makes the vector of a text. It has length one, and differs for nearly every text. */
export function upstreamVector(text: string, dimensions = UPSTREAM_DIMENSIONS): Float32Array<ArrayBuffer> {
  const bytes = createHash('sha512').update(text).digest();
  const raw = Array.from({ length: dimensions }, (_, index) => (bytes[index % bytes.length] ?? 0) - 127.5);
  const length = Math.hypot(...raw);
  return Float32Array.from(raw, (value) => value / length);
}

/** Counts one token for each character of a text, which no tokenizer does. */
export function upstreamTokens(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}

export const works: Behaviour = (request, response) => sendItems(response, request, itemsOf(request));

export function answersItems(change: (items: readonly Item[], request: UpstreamRequest) => readonly unknown[]): Behaviour {
  return (request, response) => sendItems(response, request, change(itemsOf(request), request));
}

/** Sends arrays of numbers, whatever format was requested. */
export const answersFloats: Behaviour = (request, response) =>
  sendItems(response, request, itemsOf({ ...request, body: { ...request.body, encoding_format: 'float' } }));

/** Sends every vector as an array of numbers, with its first value replaced. */
export function answersVectors(change: (vector: readonly number[]) => readonly unknown[]): Behaviour {
  return answersItems((_, { body }) =>
    body.input.map((text, index) => ({ object: 'embedding', index, embedding: change([...upstreamVector(text)]) })),
  );
}

export function fails(status: number, error: object = {}, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return (_, response) =>
    sendJson(response, { error: { message: 'It failed.', type: 'error', param: null, code: null, ...error } }, status, headers);
}

export function rateLimits(headers: Readonly<Record<string, string>> = {}): Behaviour {
  return fails(429, { message: 'Slow down.', type: 'requests', code: 'rate_limit_exceeded' }, headers);
}

export const hangs: Behaviour = () => undefined;

export const cutsConnection: Behaviour = (_, response) => response.destroy();

/** Announces a longer body than it sends. */
export const cutsBody: Behaviour = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"data":[', () => response.destroy());
};

/** Sends the beginning of an answer, and then nothing. */
export const hangsInBody: Behaviour = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"data":[');
};

export function sendsText(text: string, contentType: string, status = 200): Behaviour {
  return (_, response) => void response.writeHead(status, { 'content-type': contentType }).end(text);
}

export function redirects(location: string): Behaviour {
  return (_, response) => void response.writeHead(307, { location }).end();
}

async function read(incoming: IncomingMessage): Promise<UpstreamRequest> {
  const chunks = (await incoming.toArray()) as readonly Buffer[];
  const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as UpstreamRequest['body'];
  return { path: incoming.url ?? '', headers: incoming.headers, body };
}

function itemsOf({ body: { input, encoding_format: format, dimensions } }: Pick<UpstreamRequest, 'body'>): readonly Item[] {
  return input.map((text, index) => {
    const vector = upstreamVector(text, dimensions);
    const embedding = format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
    return { object: 'embedding', index, embedding };
  });
}

function sendItems(response: ServerResponse, { body: { model, input } }: UpstreamRequest, data: readonly unknown[]): void {
  const tokens = upstreamTokens(input);
  sendJson(response, { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}

function sendJson(response: ServerResponse, body: object, status = 200, headers: Readonly<Record<string, string>> = {}): void {
  const text = JSON.stringify(body, (_, value: unknown) => (Number.isNaN(value) ? 'NaN' : value)).replaceAll('"NaN"', 'NaN');
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'upstream-1', ...headers }).end(text);
}
