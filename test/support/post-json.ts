export interface JsonAnswer<Body> {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON if the answer says that it is JSON, otherwise the text. */
  readonly body: Body;
}

/** Sends the body as JSON; a string is sent as it is. `Body` is the caller's claim about the answer and is not checked. */
export async function postJson<Body = unknown>(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<JsonAnswer<Body>> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  const isJson = /[/+]json\b/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, headers: answer.headers, body: (isJson ? JSON.parse(text) : text) as Body };
}
