from chromadb.utils.embedding_functions import HuggingFaceEmbeddingServer
from harness import run_matrix


def embed(base_url, api_key, texts, retries):
    function = HuggingFaceEmbeddingServer(url=base_url.removesuffix("/v1") + "/embed", api_key=api_key)
    return [vector.tolist() for vector in function(texts)]


# This client does not look at the status: it takes the names in the error for numbers.
run_matrix(embed, {400: ValueError, 401: ValueError, 429: ValueError})
