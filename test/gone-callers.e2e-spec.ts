import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from './support/eventually.js';
import { longTexts } from './support/long-texts.js';
import { type StartedService, startService } from './support/start-service.js';

jest.setTimeout(90_000);

const LIMIT = 100_000;
/** Shorter than the run of a text of 250 tokens, and longer than the reservation of its tokens. */
const GONE_AFTER_MS = [1, 3, 5, 8, 15];

let service: StartedService;

beforeAll(async () => {
  service = await startService({
    RATE_LIMIT_REQUESTS: '0',
    RATE_LIMIT_TOKENS: `${LIMIT}`,
    RATE_LIMIT_WINDOW: '3600',
    EMBEDDING_WORKERS: '1',
  });
});

/** Sends a request and closes the connection after this time. */
async function askAndGo(path: string, body: object, afterMs: number): Promise<void> {
  const json = JSON.stringify(body);
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
  );
  await delay(afterMs);
  socket.resetAndDestroy();
}

let probes = 0;

/** Tokens that the caller has left, as OpenAI's header says with the answer to a short text. */
async function remaining(): Promise<number> {
  probes++;
  const answer = await fetch(`${service.url}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'all-MiniLM-L6-v2', input: 'probe' }),
  });
  await answer.text();
  return Number(answer.headers.get('x-ratelimit-remaining-tokens'));
}

describe('a caller that leaves early', () => {
  it.each(GONE_AFTER_MS)('after %d ms is not charged for a text in computation', async (afterMs) => {
    const first = await remaining();
    const costOfProbe = first - (await remaining());
    const before = probes - 1;
    await askAndGo('/embed', { text: longTexts(1, 900 + afterMs)[0] }, afterMs);
    await eventually('the tokens to be given back', async () => (await remaining()) === first - costOfProbe * (probes - before));
  });
});
