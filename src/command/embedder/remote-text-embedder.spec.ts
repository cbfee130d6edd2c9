import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RemoteTextEmbedder } from './remote-text-embedder.js';

const POISON = 'poison';
const REFUSED = 'refused';
const MOST_CHARACTERS = 1000;

/** Answers like a service whose model cannot compute one text and that has a limit of characters; records the sizes of calls. */
async function startService(calls: number[], models: unknown[] = []): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/v1/models/nick%2Fname')
      return void response.end(JSON.stringify({ id: 'nick/name', root: 'm2', dimensions: 2, space: 's2' }));
    if (request.url?.startsWith('/v1/models/') === true)
      return void response.writeHead(404).end(JSON.stringify({ error: { message: 'the models are m, m2' } }));
    if (request.url === '/stats') return void response.end(JSON.stringify({ model: 'm', embedding_dim: 2, space: 's' }));
    void request.toArray().then((parts: Buffer[]) => {
      const { texts, model } = JSON.parse(Buffer.concat(parts).toString()) as { texts: readonly string[]; model?: string };
      models.push(model);
      calls.push(texts.length);
      if (texts.join('').length > MOST_CHARACTERS) return response.writeHead(413).end(JSON.stringify({ code: 'payload_too_large' }));
      if (texts.includes(POISON)) return response.writeHead(500).end(JSON.stringify({ code: 'inference_failed', message: 'no' }));
      if (texts.includes(REFUSED)) return response.writeHead(400).end(JSON.stringify({ code: 'text_refused', message: 'no' }));
      return response.end(JSON.stringify({ embeddings: texts.map((text) => [Number(text), 0]), truncated: texts.map(() => false) }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function connect(server: Server, model?: string): Promise<RemoteTextEmbedder> {
  const { port } = server.address() as AddressInfo;
  const { signal } = new AbortController();
  const url = `http://127.0.0.1:${port}`;
  const onWait = (): undefined => undefined;
  return await RemoteTextEmbedder.connect({
    url,
    model,
    apiKey: undefined,
    inputType: undefined,
    truncate: 'end',
    outputType: 'float',
    signal,
    onWait,
  });
}

it('A model that is asked for decides the space, and is named with each call', async () => {
  const models: unknown[] = [];
  const server = await startService([], models);
  const embedder = await connect(server, 'nick/name');
  expect(embedder).toMatchObject({ model: 'm2', space: 's2', dimensions: 2 });
  await embedder.embed(['1']);
  expect(models).toEqual(['nick/name']);
  await expect(connect(server, 'none')).rejects.toThrow(/^--model none: http:\S+ says: the models are m, m2$/);
  server.close();
});

describe('Many texts on a service', () => {
  const calls: number[] = [];
  let server: Server;
  let embedder: RemoteTextEmbedder;

  beforeAll(async () => {
    server = await startService(calls);
    embedder = await connect(server);
  });

  afterAll(() => server.close());

  it('give the vectors of all but the one that it cannot compute, in their order', async () => {
    const texts = Array.from({ length: 100 }, (_, index) => (index === 41 ? POISON : String(index)));
    const outcomes = await embedder.embed(texts);
    expect(outcomes.map((outcome) => (typeof outcome === 'string' ? outcome : outcome.vector[0]))).toEqual(
      texts.map((text) => (text === POISON ? 'could not be computed' : Number(text))),
    );
    expect(calls.length).toBeLessThanOrEqual(15); // the first call, and two for each time that 100 can be halved
  });

  it('give the vectors of all but the one that its provider of embeddings refuses', async () => {
    const outcomes = await embedder.embed(['1', REFUSED, '3']);
    expect(outcomes.map((outcome) => (typeof outcome === 'string' ? outcome : outcome.vector[0]))).toEqual([1, 'could not be computed', 3]);
  });

  it('that exceed its limit together are sent in parts, and one that exceeds it alone is named', async () => {
    const texts = ['1', '2'.repeat(600), '3'.repeat(600), '4'.repeat(1001)];
    const outcomes = await embedder.embed(texts);
    expect(outcomes.map((outcome) => typeof outcome)).toEqual(['object', 'object', 'object', 'string']);
    expect(outcomes[3]).toBe('is longer than the service takes');
  });
});
