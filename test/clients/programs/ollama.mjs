import { Ollama } from 'ollama';
import { runMatrix } from './harness.mjs';

await runMatrix(
  async ({ baseUrl, apiKey, texts }) => {
    const client = new Ollama({ host: baseUrl.replace(/\/v1$/, ''), headers: { authorization: `Bearer ${apiKey}` } });
    const { embeddings } = await client.embed({ model: 'all-minilm', input: texts });
    return embeddings;
  },
  (error, status) => error.name === 'ResponseError' && error.status_code === status,
);
