import openai
from chromadb.utils.embedding_functions import OpenAIEmbeddingFunction
from harness import run_matrix


def embed(base_url, api_key, texts, retries):
    function = OpenAIEmbeddingFunction(api_key=api_key, api_base=base_url, model_name="text-embedding-3-small")
    return [vector.tolist() for vector in function(texts)]


run_matrix(embed, {400: openai.BadRequestError, 401: openai.AuthenticationError, 429: openai.RateLimitError})
