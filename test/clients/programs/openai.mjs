import OpenAI, { AuthenticationError, BadRequestError, RateLimitError } from 'openai';
import { runMatrix } from './harness.mjs';

const errors = { 400: BadRequestError, 401: AuthenticationError, 429: RateLimitError };

await runMatrix(
  async ({ baseUrl, apiKey, texts, retries }) => {
    const client = new OpenAI({ baseURL: baseUrl, apiKey, ...(retries === undefined ? {} : { maxRetries: retries }) });
    const { data } = await client.embeddings.create({ model: 'text-embedding-3-small', input: texts });
    return data.map(({ embedding }) => embedding);
  },
  (error, status) => error instanceof errors[status],
);
