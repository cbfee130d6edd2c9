import OpenAI, { toFile } from 'openai';
import { eventually } from '../support/eventually.js';
import { TestApp } from '../support/test-app.js';

const MODEL = 'fake-model';

let app: TestApp;
let client: OpenAI;

beforeAll(async () => {
  app = await TestApp.listen({ RATE_LIMIT_REQUESTS: '0', FILE_MAX_MB: '2' });
  client = new OpenAI({ apiKey: 'none', baseURL: `${app.url}/v1` });
});

afterAll(async () => {
  await app.close();
});

function request(customId: string, body: object): string {
  return JSON.stringify({ custom_id: customId, method: 'POST', url: '/v1/embeddings', body: { model: MODEL, ...body } });
}

async function upload(lines: readonly string[]): Promise<OpenAI.FileObject> {
  return await client.files.create({ file: await toFile(Buffer.from(lines.join('\n')), 'requests.jsonl'), purpose: 'batch' });
}

async function createBatch(lines: readonly string[]): Promise<OpenAI.Batch> {
  const file = await upload(lines);
  return await client.batches.create({ input_file_id: file.id, endpoint: '/v1/embeddings', completion_window: '24h' });
}

async function untilEnded(id: string): Promise<OpenAI.Batch> {
  const isOpen = (status: string): boolean => ['validating', 'in_progress', 'finalizing', 'cancelling'].includes(status);
  return await eventually('the end of the batch', async () => {
    const batch = await client.batches.retrieve(id);
    return !isOpen(batch.status) && batch;
  });
}

describe('files and batches', () => {
  it('fail as a whole for malformed lines, and list these lines', async () => {
    const wrong = JSON.stringify({ custom_id: 'c', method: 'GET', url: '/v1/embeddings', body: {} });
    const batch = await createBatch([request('a', { input: 'x' }), '{no JSON', request('a', { input: 'y' }), wrong]);
    const ended = await untilEnded(batch.id);
    expect(ended).toMatchObject({ status: 'failed', output_file_id: null, error_file_id: null });
    expect(ended.errors?.data?.map(({ code, line }) => [code, line])).toEqual([
      ['invalid_json_line', 2],
      ['duplicate_custom_id', 3],
      ['invalid_method', 4],
    ]);
  });

  it('are cancelled and deleted by requests with a JSON content type and no body, as OpenAI clients send', async () => {
    const batch = await createBatch([request('a', { input: 'a' })]);
    const ask = async (path: string, method: string): Promise<Response> =>
      await fetch(`${app.url}/v1/${path}`, { method, headers: { 'content-type': 'application/json' } });
    await untilEnded(batch.id);
    const cancelled = await ask(`batches/${batch.id}/cancel`, 'POST');
    expect([cancelled.status, await cancelled.text()]).toEqual([400, expect.stringContaining("with status 'completed'")]);
    expect(await (await ask(`files/${batch.input_file_id}`, 'DELETE')).json()).toMatchObject({ deleted: true });
  });

  it('are listed by page, and files are deleted', async () => {
    const files: string[] = [];
    for (const text of ['1', '2', '3']) files.push((await upload([text])).id);
    const page = await client.files.list({ limit: 2, purpose: 'batch' });
    expect(page.data.map(({ id }) => id)).toEqual([files[2], files[1]]);
    expect((await page.getNextPage()).data[0]?.id).toBe(files[0]);
    expect((await client.batches.list({ limit: 1 })).data).toHaveLength(1);

    expect(await (await client.files.content(files[1] ?? '')).text()).toBe('2');
    expect(await client.files.delete(files[1] ?? '')).toEqual({ id: files[1], object: 'file', deleted: true });
    await expect(client.files.retrieve(files[1] ?? '')).rejects.toMatchObject({ status: 404, code: 'not_found' });
  });

  it('refuse invalid requests in the shape of OpenAI', async () => {
    const file = (await upload(['x'])).id;
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
    await expect(upload(['x'.repeat(2_200_000)])).rejects.toMatchObject({ status: 413 });
    await expect(upload([''])).rejects.toMatchObject({ status: 400, param: 'file' });
    const form = new FormData();
    form.set('text', 'x');
    expect((await fetch(`${app.url}/embed`, { method: 'POST', body: form })).status).toBe(415);
    expect(
      (await fetch(`${app.url}/v1/files`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).status,
    ).toBe(415);
  });

  it('take a file that has no name', async () => {
    const body = [
      '--X\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n',
      '--X\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: application/octet-stream\r\n\r\nabc\r\n--X--\r\n',
    ].join('');
    const headers = { 'content-type': 'multipart/form-data; boundary=X' };
    const answer = await fetch(`${app.url}/v1/files`, { method: 'POST', body, headers });
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
    const answer = await fetch(`${app.url}/v1/files`, { method: 'POST', body, headers: { 'content-type': type } });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { message: expect.stringContaining('multipart/form-data') as string } });
  });
});
