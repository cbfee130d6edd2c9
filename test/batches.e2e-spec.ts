import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI, { toFile } from 'openai';
import { embedBatch } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { startRedis } from './support/start-redis.js';
import { type StartedService, startService } from './support/start-service.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { vectorBits } from './support/vector-bits.js';

jest.setTimeout(180_000);

const ENDED_WITHIN_MS = 120_000;
const SECRET = `whsec_${Buffer.from('a secret for tests only, 32 byte').toString('base64')}`;
const MODEL = 'all-MiniLM-L6-v2';

interface OutputLine {
  readonly id: string;
  readonly custom_id: string;
  readonly response: {
    readonly status_code: number;
    readonly request_id: string;
    readonly body: OpenAI.CreateEmbeddingResponse & { error?: { code: string } };
  } | null;
  readonly error: { readonly code: string } | null;
}

interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function clientOf({ url }: StartedService): OpenAI {
  return new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, webhookSecret: SECRET });
}

function request(customId: string, body: object): string {
  return JSON.stringify({ custom_id: customId, method: 'POST', url: '/v1/embeddings', body: { model: MODEL, ...body } });
}

async function upload(client: OpenAI, lines: readonly string[]): Promise<OpenAI.FileObject> {
  return await client.files.create({ file: await toFile(Buffer.from(lines.join('\n')), 'requests.jsonl'), purpose: 'batch' });
}

async function createBatch(client: OpenAI, lines: readonly string[]): Promise<OpenAI.Batch> {
  const file = await upload(client, lines);
  return await client.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/embeddings',
    completion_window: '24h',
    metadata: { kind: 'test' },
  });
}

async function untilEnded(client: OpenAI, id: string): Promise<OpenAI.Batch> {
  const isOpen = (status: string): boolean => ['validating', 'in_progress', 'finalizing', 'cancelling'].includes(status);
  return await eventually(
    'the end of the batch',
    async () => {
      const batch = await client.batches.retrieve(id).catch(() => undefined);
      return batch !== undefined && !isOpen(batch.status) && batch;
    },
    ENDED_WITHIN_MS,
  );
}

async function linesOf(client: OpenAI, fileId: string | null | undefined): Promise<readonly OutputLine[]> {
  if (typeof fileId !== 'string') return [];
  const text = await (await client.files.content(fileId)).text();
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as OutputLine);
}

function floatsOf(embedding: unknown): readonly number[] {
  if (typeof embedding !== 'string') return embedding as number[];
  const bytes = Uint8Array.from(Buffer.from(embedding, 'base64'));
  return [...new Float32Array(bytes.buffer)];
}

describe('files and batches', () => {
  let hook: Server;
  let deliveries: Delivery[];
  let service: StartedService;
  let client: OpenAI;
  let settings: Readonly<Record<string, string>>;

  beforeAll(async () => {
    deliveries = [];
    hook = createServer((incoming, answer) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('end', () => {
        deliveries.push({ headers: incoming.headers, body: Buffer.concat(parts).toString() });
        answer.writeHead(deliveries.length === 1 ? 500 : 204).end(); // the first delivery must be repeated
      });
    }).listen(0, '127.0.0.1');
    await once(hook, 'listening');
    settings = {
      DATA_DIR: temporaryFolder(),
      RATE_LIMIT_REQUESTS: '0',
      BATCH_WEBHOOK_URL: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`,
      WEBHOOK_SECRET: SECRET,
      WEBHOOK_ALLOW_PRIVATE: 'true',
    };
    service = await startService(settings);
    client = clientOf(service);
  });

  afterAll(() => {
    hook.close();
  });

  it("run from file to output file with OpenAI's client, and write refused requests to the error file", async () => {
    const texts = ['Hello, world!', 'one', 'two', 'three'];
    const batch = await createBatch(client, [
      request('a', { input: texts[0] }),
      request('many', { input: texts.slice(1), encoding_format: 'base64' }),
      request('empty', { input: '' }),
      request('other model', { input: 'x', model: 'gpt-9' }),
      request('ids', { input: [9906, 11, 1917, 0] }),
    ]);
    expect(batch).toMatchObject({ object: 'batch', status: 'validating', endpoint: '/v1/embeddings', metadata: { kind: 'test' } });

    const ended = await untilEnded(client, batch.id);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 5, completed: 3, failed: 2 }, errors: null });
    expect(ended.completed_at).toBeGreaterThanOrEqual(ended.created_at);
    const answers = new Map((await linesOf(client, ended.output_file_id)).map((line) => [line.custom_id, line]));
    expect([...answers.keys()]).toEqual(['a', 'many', 'ids']);
    const vectors = ['a', 'many', 'ids']
      .flatMap((id) => answers.get(id)?.response?.body.data ?? [])
      .map(({ embedding }) => vectorBits(floatsOf(embedding)));
    const { body } = await embedBatch(service.url, [...texts, texts[0] ?? '']);
    expect(vectors).toEqual(body.embeddings.map(vectorBits));
    expect(answers.get('a')).toMatchObject({
      id: expect.stringMatching(/^batch_req_/),
      error: null,
      response: { status_code: 200, request_id: expect.any(String), body: { object: 'list', model: MODEL, usage: { total_tokens: 6 } } },
    });
    expect(ended.usage?.total_tokens).toBe(body.tokens);

    const errors = await linesOf(client, ended.error_file_id);
    expect(errors.map(({ custom_id, response }) => [custom_id, response?.status_code, response?.body.error?.code])).toEqual([
      ['empty', 400, 'invalid_request'],
      ['other model', 404, 'model_not_found'],
    ]);
    expect(await client.files.retrieve(ended.output_file_id ?? '')).toMatchObject({ purpose: 'batch_output', status: 'processed' });
  });

  it("send a webhook that OpenAI's client verifies, and repeat it until it is accepted", async () => {
    const batch = await createBatch(client, [request('a', { input: 'told' })]);
    await untilEnded(client, batch.id);
    const told = await eventually('the message', () => deliveries.slice(1).find(({ body }) => body.includes(batch.id)), ENDED_WITHIN_MS);
    const event = await client.webhooks.unwrap(told.body, told.headers);
    expect(event).toMatchObject({ object: 'event', type: 'batch.completed', data: { id: batch.id } });
    await eventually(
      'the first message again',
      () => deliveries.filter(({ body }) => body === deliveries[0]?.body).length > 1,
      ENDED_WITHIN_MS,
    );
  });

  it('are cancelled, with the unanswered requests in the error file', async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => request(`r${index}`, { input: `to be cancelled ${index} `.repeat(20) }));
    const batch = await createBatch(client, lines);
    await eventually('the batch to run', async () => (await client.batches.retrieve(batch.id)).status === 'in_progress', ENDED_WITHIN_MS);
    await expect(client.files.delete(batch.input_file_id)).rejects.toThrow('has not ended');
    expect(await client.batches.cancel(batch.id)).toMatchObject({ status: 'cancelling' });

    const ended = await untilEnded(client, batch.id);
    expect(ended).toMatchObject({ status: 'cancelled', request_counts: { total: 3000 } });
    const [answers, errors] = [await linesOf(client, ended.output_file_id), await linesOf(client, ended.error_file_id)];
    expect([answers.length, errors.length]).toEqual([ended.request_counts?.completed, ended.request_counts?.failed]);
    expect(new Set([...answers, ...errors].map(({ custom_id }) => custom_id)).size).toBe(3000);
    expect(errors.at(-1)).toMatchObject({ response: null, error: { code: 'batch_cancelled' } });
    await expect(client.batches.cancel((await createBatch(client, ['no'])).id.replace(/.$/, 'x'))).rejects.toMatchObject({ status: 404 });
  });

  it('survive kill -9', async () => {
    const lines = Array.from({ length: 300 }, (_, index) => request(`k${index}`, { input: `to be killed ${index} `.repeat(10) }));
    const batch = await createBatch(client, lines);
    await eventually(
      'some answers',
      async () => ((await client.batches.retrieve(batch.id)).request_counts?.completed ?? 0) > 0,
      ENDED_WITHIN_MS,
    );
    service.kill('SIGKILL');
    await service.exitCode;
    service = await startService(settings);
    client = clientOf(service);

    const ended = await untilEnded(client, batch.id);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 300, completed: 300, failed: 0 } });
    expect((await linesOf(client, ended.output_file_id)).map(({ custom_id }) => custom_id)).toEqual(lines.map((_, index) => `k${index}`));
  });
});

describe('files and batches on Redis', () => {
  it('are the same for every process', async () => {
    const redis = await startRedis();
    const settings = { REDIS_URL: redis.url, RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1' };
    const [first, second] = await Promise.all([startService(settings), startService(settings)]);
    const batch = await createBatch(
      clientOf(first),
      Array.from({ length: 150 }, (_, index) => request(`r${index}`, { input: `shared ${index}` })),
    );
    const ended = await untilEnded(clientOf(second), batch.id);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 150, completed: 150 } });
    expect(await linesOf(clientOf(first), ended.output_file_id)).toHaveLength(150);
    await redis.stop();
  });
});
