import openai
from harness import run_matrix
from lancedb.embeddings import get_registry


class NoVectors(Exception):
    """What this client makes of a 400: it logs openai's error and gives None for each text."""


def embed(base_url, api_key, texts, retries):
    registry = get_registry()
    registry.set_var("key", api_key)
    function = registry.get("openai").create(name="text-embedding-3-small", api_key="$var:key", base_url=base_url, max_retries=0)
    vectors = function.generate_embeddings(texts)
    if vectors == [None] * len(texts):
        raise NoVectors
    return [list(vector) for vector in vectors]


run_matrix(embed, {400: NoVectors, 401: openai.AuthenticationError, 429: openai.RateLimitError})
