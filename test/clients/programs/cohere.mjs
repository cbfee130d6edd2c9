import { CohereClientV2, CohereError } from 'cohere-ai';
import { runMatrix } from './harness.mjs';

await runMatrix(
  async ({ baseUrl, apiKey, texts, retries }) => {
    const client = new CohereClientV2({ token: apiKey, environment: baseUrl.replace(/\/v1$/, '') });
    const request = { model: 'text-embedding-3-small', texts, inputType: 'search_document', embeddingTypes: ['float'] };
    const { embeddings } = await client.embed(request, retries === undefined ? {} : { maxRetries: retries });
    return embeddings.float;
  },
  (error, status) => error instanceof CohereError && error.statusCode === status,
);
