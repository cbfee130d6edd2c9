import { mixedRequests, type MixedRequest } from '../fixtures/mixed-requests.js';
import type { ErrorBody } from '../support/embed.js';
import { TestApp } from '../support/test-app.js';

const CODES = { 400: 'invalid_request', 413: 'payload_too_large', 415: 'unsupported_media_type' } as const;
const NAMES = { 400: 'Bad Request', 413: 'Payload Too Large', 415: 'Unsupported Media Type' } as const;

const requests = mixedRequests();
const refused = requests.filter((request): request is MixedRequest & { status: keyof typeof CODES } => request.status !== 200);
const A_LIST: unknown = expect.any(Array);
let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ RATE_LIMIT_REQUESTS: '0' });
});

afterAll(async () => {
  await app.close();
});

async function send({
  path,
  body,
  contentType,
}: MixedRequest): Promise<Pick<MixedRequest, 'status'> & { requestId: string | null; body: ErrorBody }> {
  const headers: Readonly<Record<string, string>> = contentType === undefined ? {} : { 'content-type': contentType };
  const answer = await app.send<ErrorBody>({ method: 'POST', path, body: Buffer.from(body), headers });
  return { status: answer.status as MixedRequest['status'], requestId: answer.headers.get('x-request-id'), body: answer.body };
}

describe('the mixed requests', () => {
  it('are more than 300, each with its own name, and more than 100 are invalid', () => {
    expect(new Set(requests.map(({ name }) => name)).size).toBe(requests.length);
    expect(requests.length).toBeGreaterThan(300);
    expect(refused.length).toBeGreaterThan(100);
  });
});

describe('the invalid mixed requests', () => {
  it.each(refused)('$name: $status, the first and the second time', async (request) => {
    const { status, fields } = request;
    const [first, second] = [await send(request), await send(request)];

    expect(first).toEqual({
      status,
      requestId: expect.stringMatching(/^[\w-]{36}$/),
      body: {
        statusCode: status,
        error: NAMES[status],
        message: expect.stringMatching(/\w/),
        code: CODES[status],
        requestId: first.requestId,
        ...(fields.length > 0 && { details: A_LIST }),
      },
    });
    expect(first.body.details?.map(({ field }) => field).sort() ?? []).toEqual([...fields].sort());
    expect({ ...second.body, requestId: '' }).toEqual({ ...first.body, requestId: '' });
  });

  it('leave no error in the log', () => {
    expect(app.log.lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
  });

  it('reach no model', () => {
    expect(app.provider.calls).toEqual([]);
  });
});
