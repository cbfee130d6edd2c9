import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RemoteTextEmbedder } from './remote-text-embedder.js';

const POISON = 'poison';
const REFUSED = 'refused';
const MOST_CHARACTERS = 1000;

/** Answers like a service whose model cannot compute one text and that has a limit of characters; records the sizes of calls. */
async function startService(calls: number[]): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/stats') return void response.end(JSON.stringify({ model: 'm', embedding_dim: 2, space: 's' }));
    void request.toArray().then((parts: Buffer[]) => {
      const { texts } = JSON.parse(Buffer.concat(parts).toString()) as { texts: readonly string[] };
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

describe('Many texts on a service', () => {
  const calls: number[] = [];
  let server: Server;
  let embedder: RemoteTextEmbedder;

  beforeAll(async () => {
    server = await startService(calls);
    const { port } = server.address() as AddressInfo;
    const { signal } = new AbortController();
    embedder = await RemoteTextEmbedder.connect({
      url: `http://127.0.0.1:${port}`,
      apiKey: undefined,
      inputType: undefined,
      truncate: 'end',
      outputType: 'float',
      signal,
      onWait: () => undefined,
    });
  });

  afterAll(() => server.close());

  it('give the vectors of all but the one that it cannot compute, in their order', async () => {
    const texts = Array.from({ length: 100 }, (_, index) => (index === 41 ? POISON : String(index)));
    const outcomes = await embedder.embed(texts);
    expect(outcomes.map((outcome) => (typeof outcome === 'string' ? outcome : outcome.vector[0]))).toEqual(
      texts.map((text) => (text === POISON ? 'could not be computed' : Number(text))),
    );
    expect(calls.length).toBeLessThanOrEqual(15); // two for each time that 100 can be halved, and the first
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
