import os

os.environ["MEM0_TELEMETRY"] = "False"

import openai
from harness import run_matrix
from mem0.configs.embeddings.base import BaseEmbedderConfig
from mem0.embeddings.openai import OpenAIEmbedding


def embed(base_url, api_key, texts, retries):
    """One text a call: that is how mem0 embeds memories."""
    config = BaseEmbedderConfig(model="text-embedding-3-small", api_key=api_key, openai_base_url=base_url, embedding_dims=384)
    embedding = OpenAIEmbedding(config)
    return [embedding.embed(text, "add") for text in texts]


run_matrix(embed, {400: openai.BadRequestError, 401: openai.AuthenticationError, 429: openai.RateLimitError})
