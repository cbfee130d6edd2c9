import { InferenceClient, InferenceClientProviderApiError } from '@huggingface/inference';
import { runMatrix } from './harness.mjs';

await runMatrix(
  async ({ baseUrl, apiKey, texts }) => {
    const client = new InferenceClient(apiKey, { endpointUrl: `${baseUrl.replace(/\/v1$/, '')}/embed` });
    return await client.featureExtraction({ inputs: texts, truncate: true }, { retry_on_error: false });
  },
  (error, status) => error instanceof InferenceClientProviderApiError && error.httpResponse.status === status,
);
