/** Bodies within the limits of a route, with shapes that cost a careless parser or validator seconds. */

const routes = ['/embed', '/embed/batch', '/v1/embeddings', '/jobs', '/cache/invalidate', '/api/embed', '/v2/embed', '/'];

/** @type {Readonly<Record<string, (bytes: number) => string>>} */
const shapes = {
  'many fields': (bytes) => `{"texts":["a"],${numbered(bytes, 12, (index) => `"k${index}":1`)}}`,
  'one long name': (bytes) => `{"texts":["a"],"${'x'.repeat(bytes)}":1}`,
  'many empty arrays': (bytes) => `{"model":"m","input":[${repeated(bytes, '[]')}],"texts":[${repeated(bytes / 2, '[]')}]}`,
  'many short texts': (bytes) => `{"texts":[${repeated(bytes, '"a"')}]}`,
  'many numbers': (bytes) => `{"model":"m","input":[${repeated(bytes, '1')}]}`,
  'great depth': (bytes) => `{"texts":${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}}`,
  escapes: (bytes) => `{"text":"${'\\u0041'.repeat(bytes / 6)}","texts":["${'\\ud83d\\ude00'.repeat(bytes / 12)}"]}`,
  'a long text': (bytes) => `{"text":"${'ä'.repeat(bytes / 2)}"}`,
  'open brackets': (bytes) => '['.repeat(bytes),
  blanks: (bytes) => ' '.repeat(bytes),
  'no UTF-8': (bytes) => `{"text":"${'\u00ff'.repeat(bytes)}"}`,
};

const sizes = [1_000, 200_000, 4_000_000];

/**
 * Sends every shape in every size to every route. During this, /health/live must answer, and no answer may be a 5xx,
 * except a 503, which means that the service is full.
 *
 * @param {string} url
 * @param {Readonly<Record<string, string>>} headers
 * @param {{ mostHealthMs: number }} limits
 */
export async function sendHostileShapes(url, headers, { mostHealthMs }) {
  const problems = [];
  let slowestMs = 0;
  let sent = 0;
  for (const [what, bodyOf] of Object.entries(shapes)) {
    for (const bytes of sizes) {
      const text = bodyOf(bytes);
      const body = Buffer.from(text, what === 'no UTF-8' ? 'latin1' : 'utf8');
      const all = Promise.all(routes.map((route) => post(url + route, headers, body)));
      const healthMs = await slowestHealth(url, all);
      slowestMs = Math.max(slowestMs, healthMs);
      if (healthMs > mostHealthMs) problems.push(`${what} of ${bytes} bytes: /health/live took ${healthMs.toFixed(0)} ms`);
      for (const [index, status] of (await all).entries()) {
        sent++;
        if (status === 0 || (status >= 500 && status !== 503)) problems.push(`${what} of ${bytes} bytes to ${routes[index]}: ${status}`);
      }
    }
  }
  return { problems, slowestMs, sent };
}

/** @param {string} url @param {Promise<unknown>} work */
async function slowestHealth(url, work) {
  let slowest = 0;
  const done = work.then(() => true);
  do {
    const startedAt = performance.now();
    await (await fetch(`${url}/health/live`)).arrayBuffer();
    slowest = Math.max(slowest, performance.now() - startedAt);
  } while (!(await Promise.race([done, Promise.resolve(false)])));
  return slowest;
}

/** Returns the status; 0 = there was no answer. @param {string} url @param {Readonly<Record<string, string>>} headers @param {Buffer} body */
async function post(url, headers, body) {
  try {
    const answer = await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}

/** @param {number} bytes @param {string} value */
function repeated(bytes, value) {
  const count = Math.max(1, Math.floor(bytes / (value.length + 1)));
  return `${`${value},`.repeat(count - 1)}${value}`;
}

/** @param {number} bytes @param {number} each @param {(index: number) => string} write */
function numbered(bytes, each, write) {
  return Array.from({ length: Math.max(1, Math.floor(bytes / each)) }, (_, index) => write(index)).join(',');
}
