import { OpenAIEmbeddings } from '@langchain/openai';
import { AuthenticationError, BadRequestError, RateLimitError } from 'openai';
import { runMatrix } from './harness.mjs';

const errors = { 400: BadRequestError, 401: AuthenticationError, 429: RateLimitError };

await runMatrix(
  async ({ baseUrl, apiKey, texts, retries }) => {
    const embeddings = new OpenAIEmbeddings({
      apiKey,
      configuration: { baseURL: baseUrl },
      ...(retries === undefined ? {} : { maxRetries: retries }),
    });
    return await embeddings.embedDocuments(texts);
  },
  (error, status) => error instanceof errors[status],
);
