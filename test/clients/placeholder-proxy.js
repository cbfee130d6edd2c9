import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

const line = '{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{"model":"text-embedding-3-small","input":"a text"}}\n';

/**
 * Stands between the tests of OpenAI's Python client and the service, and fills in their placeholders, which only a mock
 * understands: `file_id` becomes the id of a file made for the request, `batch_id` that of a batch, and so on. All else
 * passes as it is, the headers included.
 *
 * @param {string} service
 */
export async function startPlaceholderProxy(service) {
  const server = createServer((request, response) => {
    pass(service, request, response).catch((/** @type {unknown} */ error) => response.writeHead(599).end(String(error)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return { url: `http://127.0.0.1:${address.port}`, stop: () => server.close() };
}

/**
 * @param {string} service
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function pass(service, request, response) {
  const given = await forward(service, request);
  const headers = [...given.headers].filter(([name]) => !/^(?:content-length|connection)$/.test(name));
  response.writeHead(given.status, Object.fromEntries(headers)).end(Buffer.from(await given.arrayBuffer()));
}

/**
 * @param {string} service
 * @param {import('node:http').IncomingMessage} request
 */
async function forward(service, request) {
  const { method = '', url = '', headers } = request;
  const body = await buffer(request);
  const sent = Object.entries(headers).filter(([name]) => !/^(?:host|content-length|connection|accept-encoding)$/.test(name));
  const init = { method, headers: /** @type {[string, string][]} */ (sent) };
  const path = await withIds(service, url);
  return await fetch(service + path, body.length === 0 ? init : { ...init, body: await withValues(service, body) });
}

/**
 * @param {string} service
 * @param {string} url
 */
async function withIds(service, url) {
  if (url.includes('/file_id')) return url.replace('file_id', await makeFile(service));
  if (url.includes('/batch_id')) return url.replace('batch_id', await makeBatch(service));
  if (!url.includes('after=after')) return url;
  const after = url.includes('/batches') ? await makeBatch(service) : await makeFile(service);
  return url.replace('after=after', `after=${after}`).replace('limit=0', 'limit=1').replace('purpose=purpose', 'purpose=batch');
}

/**
 * @param {string} service
 * @param {Buffer} body JSON, or a form with a file.
 */
async function withValues(service, body) {
  const text = body.toString('latin1').replace('\r\n\r\nassistants\r\n', '\r\n\r\nbatch\r\n').replace('/v1/responses', '/v1/embeddings');
  const filled = text.includes('"input_file_id"')
    ? text.replace('"input_file_id":"input_file_id"', `"input_file_id":"${await makeFile(service)}"`)
    : text;
  return Buffer.from(filled, 'latin1');
}

/** @param {string} service */
async function makeFile(service) {
  const form = new FormData();
  form.append('purpose', 'batch');
  form.append('file', new Blob([line]), 'requests.jsonl');
  return await idOf(await fetch(`${service}/v1/files`, { method: 'POST', body: form }));
}

/** @param {string} service */
async function makeBatch(service) {
  const body = JSON.stringify({ input_file_id: await makeFile(service), endpoint: '/v1/embeddings', completion_window: '24h' });
  const headers = { 'content-type': 'application/json' };
  return await idOf(await fetch(`${service}/v1/batches`, { method: 'POST', headers, body }));
}

/** @param {Response} answer */
async function idOf(answer) {
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${await answer.text()}`);
  return /** @type {{ id: string }} */ (await answer.json()).id;
}
