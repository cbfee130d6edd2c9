import asyncio

from harness import run_matrix
from openai import AsyncOpenAI
from semantic_kernel.connectors.ai.open_ai import OpenAITextEmbedding
from semantic_kernel.exceptions import ServiceResponseException


def embed(base_url, api_key, texts, retries):
    client = AsyncOpenAI(base_url=base_url, api_key=api_key, **({} if retries is None else {"max_retries": retries}))
    service = OpenAITextEmbedding(ai_model_id="text-embedding-3-small", async_client=client)
    return [list(vector) for vector in asyncio.run(service.generate_raw_embeddings(texts))]


run_matrix(embed, {400: ServiceResponseException, 401: ServiceResponseException, 429: ServiceResponseException})
