import { Agent, request } from 'node:http';

export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Longer than any answer takes. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Sends one request on a new connection. Where several processes share a port, the next one gets it. */
export async function onOwnConnection(url: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<PlainAnswer> {
  const agent = new Agent({ keepAlive: false });
  const method = body === undefined ? 'GET' : 'POST';
  return await new Promise((resolve, reject) => {
    const call = request(url, { agent, method, headers: { 'content-type': 'application/json', ...headers } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      answer.on('error', reject);
    });
    call.setTimeout(ANSWER_TIMEOUT_MS, () => call.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MS} ms`)));
    call.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}
