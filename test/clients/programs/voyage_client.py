import voyageai
from harness import run_matrix


def embed(base_url, api_key, texts, retries):
    client = voyageai.Client(api_key=api_key, base_url=base_url, **({} if retries is None else {"max_retries": retries}))
    return client.embed(texts, model="text-embedding-3-small", input_type="document").embeddings


errors = voyageai.error
run_matrix(embed, {400: errors.InvalidRequestError, 401: errors.AuthenticationError, 429: errors.RateLimitError})
