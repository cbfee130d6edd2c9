import type { JsonAnswer } from './post-json.js';

/** Reads a route that answers JSON. `Body` is the caller's claim about the answer and is not checked. */
export async function getJson<Body = unknown>(url: string, headers: Readonly<Record<string, string>> = {}): Promise<JsonAnswer<Body>> {
  const answer = await fetch(url, { headers });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Body };
}
