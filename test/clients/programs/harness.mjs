/** The steps that every JavaScript client of the matrix runs; ../run-client.js describes the output. */
import { readFileSync } from 'node:fs';

const { url, limitedUrl, keyedUrl, apiKey, texts, textThatIsTooLong } = JSON.parse(readFileSync(0, 'utf8'));

/**
 * `embed({ baseUrl, apiKey, texts, retries })` resolves to vectors; `retries` is undefined where the library's default holds.
 * `isOwn(error, status)`: whether it is the library's own error for that status.
 */
export async function runMatrix(embed, isOwn) {
  const vectors = await embed({ baseUrl: `${url}/v1`, apiKey, texts });
  const errorFor = async (status, request) => {
    try {
      await embed({ baseUrl: `${url}/v1`, apiKey, texts: ['a text'], retries: 0, ...request });
      return { name: 'no error', isOwn: false, status: null };
    } catch (error) {
      return { name: error.constructor.name, isOwn: isOwn(error, status), status: error.status ?? error.statusCode ?? null };
    }
  };
  const allowed = await embed({ baseUrl: `${keyedUrl}/v1`, apiKey, texts: ['a text'] });
  if (allowed.length !== 1) throw new Error('the right key does not open the service');
  const errors = {
    400: await errorFor(400, { texts: ['a text', textThatIsTooLong] }),
    401: await errorFor(401, { baseUrl: `${keyedUrl}/v1`, apiKey: 'a-wrong-key' }),
    429: await errorFor(429, { baseUrl: `${limitedUrl}/v1` }),
  };
  console.log(JSON.stringify({ runtime: `Node ${process.versions.node.split('.')[0]}`, vectors, errors }));
}
