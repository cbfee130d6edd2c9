import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # is in the package

import dspy
import litellm
from harness import run_matrix


def embed(base_url, api_key, texts, retries):
    embedder = dspy.Embedder("openai/text-embedding-3-small", api_base=base_url, api_key=api_key, caching=False)
    return embedder(texts).tolist()


run_matrix(embed, {400: litellm.BadRequestError, 401: litellm.AuthenticationError, 429: litellm.RateLimitError})
