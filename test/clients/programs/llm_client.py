import os

import llm
import openai
from harness import run_matrix


def embed(base_url, api_key, texts, retries):
    os.environ["OPENAI_BASE_URL"] = base_url
    model = llm.get_embedding_model("3-small")
    model.key = api_key
    return list(model.embed_multi(texts))


run_matrix(embed, {400: openai.BadRequestError, 401: openai.AuthenticationError, 429: openai.RateLimitError})
