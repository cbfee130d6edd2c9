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
      FILE_MAX_MB: '2',
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

  it('fail as a whole for malformed lines, and list these lines', async () => {
    const wrong = JSON.stringify({ custom_id: 'c', method: 'GET', url: '/v1/embeddings', body: {} });
    const batch = await createBatch(client, [request('a', { input: 'x' }), '{no JSON', request('a', { input: 'y' }), wrong]);
    const ended = await untilEnded(client, batch.id);
    expect(ended).toMatchObject({ status: 'failed', output_file_id: null, error_file_id: null });
    expect(ended.errors?.data?.map(({ code, line }) => [code, line])).toEqual([
      ['invalid_json_line', 2],
      ['duplicate_custom_id', 3],
      ['invalid_method', 4],
    ]);
  });

  it('are cancelled and deleted by requests with a JSON content type and no body, as OpenAI clients send', async () => {
    const batch = await createBatch(client, [request('a', { input: 'a' })]);
    const ask = async (path: string, method: string): Promise<Response> =>
      await fetch(`${service.url}/v1/${path}`, { method, headers: { 'content-type': 'application/json' } });
    await untilEnded(client, batch.id);
    const cancelled = await ask(`batches/${batch.id}/cancel`, 'POST');
    expect([cancelled.status, await cancelled.text()]).toEqual([400, expect.stringContaining("with status 'completed'")]);
    expect(await (await ask(`files/${batch.input_file_id}`, 'DELETE')).json()).toMatchObject({ deleted: true });
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
    const lines = Array.from({ length: 600 }, (_, index) => request(`k${index}`, { input: `to be killed ${index} `.repeat(10) }));
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
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 600, completed: 600, failed: 0 } });
    expect((await linesOf(client, ended.output_file_id)).map(({ custom_id }) => custom_id)).toEqual(lines.map((_, index) => `k${index}`));
  });

  it('are listed by page, and files are deleted', async () => {
    const files: string[] = [];
    for (const text of ['1', '2', '3']) files.push((await upload(client, [text])).id);
    const page = await client.files.list({ limit: 2, purpose: 'batch' });
    expect(page.data.map(({ id }) => id)).toEqual([files[2], files[1]]);
    expect((await page.getNextPage()).data[0]?.id).toBe(files[0]);
    expect((await client.batches.list({ limit: 1 })).data).toHaveLength(1);

    expect(await (await client.files.content(files[1] ?? '')).text()).toBe('2');
    expect(await client.files.delete(files[1] ?? '')).toEqual({ id: files[1], object: 'file', deleted: true });
    await expect(client.files.retrieve(files[1] ?? '')).rejects.toMatchObject({ status: 404, code: 'not_found' });
  });

  it('refuse invalid requests in the shape of OpenAI', async () => {
    const file = (await upload(client, ['x'])).id;
    const order = { input_file_id: file, endpoint: '/v1/embeddings', completion_window: '24h' } as const;
    await expect(client.batches.create({ ...order, input_file_id: 'file-none' })).rejects.toMatchObject({
      status: 400,
      param: 'input_file_id',
    });
    await expect(client.batches.create({ ...order, endpoint: '/v1/completions' })).rejects.toMatchObject({
      status: 400,
      param: 'endpoint',
    });
    await expect(client.batches.create({ ...order, output_expires_after: { anchor: 'created_at', seconds: 1 } })).rejects.toMatchObject({
      status: 400,
    });
    const wrongPurpose = client.files.create({ file: await toFile(Buffer.from('x'), 'x'), purpose: 'assistants' });
    await expect(wrongPurpose).rejects.toMatchObject({ status: 400, param: 'purpose' });
    await expect(upload(client, ['x'.repeat(2_200_000)])).rejects.toMatchObject({ status: 413 });
    await expect(upload(client, [''])).rejects.toMatchObject({ status: 400, param: 'file' });
    const form = new FormData();
    form.set('text', 'x');
    expect((await fetch(`${service.url}/embed`, { method: 'POST', body: form })).status).toBe(415);
    expect(
      (await fetch(`${service.url}/v1/files`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).status,
    ).toBe(415);
  });

  it('take a file that has no name', async () => {
    const body = [
      '--X\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n',
      '--X\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: application/octet-stream\r\n\r\nabc\r\n--X--\r\n',
    ].join('');
    const headers = { 'content-type': 'multipart/form-data; boundary=X' };
    const answer = await fetch(`${service.url}/v1/files`, { method: 'POST', body, headers });
    expect(await answer.json()).toMatchObject({ filename: 'unnamed', bytes: 3 });
  });

  it.each([
    { what: 'without a boundary', type: 'multipart/form-data', body: 'x' },
    { what: 'without a part', type: 'multipart/form-data; boundary=X', body: 'x' },
    {
      what: 'cut off in the file',
      type: 'multipart/form-data; boundary=X',
      body: '--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
    },
    { what: 'with a boundary longer than its parser takes', type: `multipart/form-data; boundary=${'a'.repeat(300)}`, body: 'x' },
  ])('refuse an upload $what', async ({ type, body }) => {
    const answer = await fetch(`${service.url}/v1/files`, { method: 'POST', body, headers: { 'content-type': type } });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { message: expect.stringContaining('multipart/form-data') as string } });
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
