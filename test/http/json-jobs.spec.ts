import { TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ RATE_LIMIT_REQUESTS: '0', JOB_MAX_MB: '1', JOB_MAX_TEXTS: '100' });
});

afterAll(async () => {
  await app.close();
});

async function refusal(body: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const { status, body: answer } = await app.post<{ code: string; message: string; details?: unknown }>('/jobs', body, headers);
  return { status, code: answer.code, message: answer.message, details: answer.details };
}

describe('POST /jobs with JSON', () => {
  it('takes a job with its input type after its texts', async () => {
    const { status, headers, body } = await app.post<{ id: string }>('/jobs', '{"texts":["a","b"],"input_type":null}');
    expect({ status, location: headers.get('location'), body }).toMatchObject({
      status: 202,
      location: `/jobs/${body.id}`,
      body: { progress: { total: 2 } },
    });
  });

  it('returns the same job for the same Idempotency-Key and fields in another order', async () => {
    const key = { 'idempotency-key': 'fields' };
    const send = async (body: string) => (await app.post<{ id?: string; code?: string }>('/jobs', body, key)).body;
    const { id } = await send('{"texts":["one"],"input_type":null,"webhook_url":null}');
    expect(await send('{"webhook_url":null,"texts":["one"]}')).toMatchObject({ id });
    expect(await send('{"texts":["two"]}')).toMatchObject({ code: 'idempotency_mismatch' });
  });

  it('names the first fault', async () => {
    const message = 'texts[1] must be a string, not a number';
    expect(await refusal('{"texts":["a",7,8],"k":1}')).toEqual({
      status: 400,
      code: 'invalid_request',
      message,
      details: [{ field: 'texts[1]', message: 'must be a string, not a number' }],
    });
  });

  it.each([
    ['an empty body', '', 400, 'body must be a JSON object'],
    ['what is no JSON', '{"texts":["a"]', 400, expect.stringContaining('JSON') as unknown],
    [
      'more texts than a job may have',
      JSON.stringify({ texts: Array.from({ length: 101 }, () => 'a') }),
      413,
      expect.stringContaining('JOB_MAX_TEXTS') as unknown,
    ],
    ['more bytes than a job may have', `{"texts":["a"]${' '.repeat(1024 * 1024)}}`, 413, expect.stringContaining('JOB_MAX_MB') as unknown],
    [
      'a webhook that cannot be signed',
      '{"texts":["a"],"webhook_url":"https://example.org"}',
      400,
      expect.stringContaining('WEBHOOK_SECRET') as unknown,
    ],
  ])('refuses %s', async (_what, body, status, message) => {
    expect(await refusal(body)).toMatchObject({ status, message });
  });

  it('keeps nothing of refused jobs', async () => {
    const before = (await app.get<{ data: unknown[] }>('/jobs?limit=100')).body.data.length;
    await refusal('{"texts":["a","b",""]}');
    expect((await app.get<{ data: unknown[] }>('/jobs?limit=100')).body.data).toHaveLength(before);
  });
});
