import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { embed, type ErrorBody } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { type FaultyUpstream, hangs, startFaultyUpstream, UPSTREAM_DIMENSIONS } from './support/faulty-upstream.js';
import { getJson } from './support/get-json.js';
import { submitJob } from './support/jobs.js';
import { type StartedService, startService } from './support/start-service.js';

jest.setTimeout(60_000);

const MOST_STREAMS = 1000;

let upstream: FaultyUpstream;
let service: StartedService;

beforeAll(async () => {
  upstream = await startFaultyUpstream();
  service = await startService({
    EMBEDDING_PROVIDER: 'openai',
    OPENAI_BASE_URL: upstream.url,
    OPENAI_MODEL: 'faulty',
    EMBEDDING_DIM: `${UPSTREAM_DIMENSIONS}`,
    RATE_LIMIT_REQUESTS: '0',
    OPENAI_CONCURRENCY: '2',
  });
});

afterAll(async () => {
  await upstream.stop();
});

/** Resolves to a reader on a connection of its own, after it has received the first state of the job. */
async function read(path: string): Promise<Socket> {
  const { hostname, port } = new URL(service.url);
  const reader = connect(Number(port), hostname).setEncoding('utf8');
  reader.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  let told = '';
  while (!told.includes('event: progress\n')) told += String((await once(reader, 'data'))[0]);
  return reader;
}

it(`the events of a job have at most ${MOST_STREAMS} readers: the next one gets a Retry-After, and is admitted when a reader has left`, async () => {
  upstream.next(hangs); // so that the job does not end
  const { body: job } = await submitJob(service.url, ['a text']);
  const events = `/jobs/${job.id}/events`;
  const readers = await Promise.all(Array.from({ length: MOST_STREAMS }, async () => await read(events)));

  const refused = await getJson<ErrorBody>(service.url + events);
  expect([refused.status, refused.headers.get('retry-after'), refused.body.code]).toEqual([503, '10', 'overloaded']);
  expect((await getJson(`${service.url}/jobs/${job.id}`)).status).toBe(200);
  expect((await embed(service.url, 'another text')).status).toBe(200);

  readers.shift()?.destroy();
  const latecomer = await eventually('a place', async () => {
    const answer = await fetch(service.url + events);
    return answer.status === 200 && answer;
  });
  expect((await fetch(service.url + events)).status).toBe(503);

  const ends = readers.map((reader): Promise<unknown> => once(reader.resume(), 'end'));
  expect(await service.stop()).toBe(0);
  await Promise.all(ends);
  if (latecomer.body === null) throw new Error('The events have no body');
  expect(await text(latecomer.body)).toContain('event: progress\n');
});
