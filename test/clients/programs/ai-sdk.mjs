import { createOpenAI } from '@ai-sdk/openai';
import { APICallError, embedMany } from 'ai';
import { runMatrix } from './harness.mjs';

await runMatrix(
  async ({ baseUrl, apiKey, texts, retries }) => {
    const model = createOpenAI({ baseURL: baseUrl, apiKey }).embedding('text-embedding-3-small');
    const { embeddings } = await embedMany({ model, values: texts, ...(retries === undefined ? {} : { maxRetries: retries }) });
    return embeddings;
  },
  (error, status) => APICallError.isInstance(error) && error.statusCode === status,
);
