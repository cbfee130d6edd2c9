import openai
from harness import run_matrix
from llama_index.embeddings.openai import OpenAIEmbedding


def embed(base_url, api_key, texts, retries):
    embedding = OpenAIEmbedding(api_base=base_url, api_key=api_key, **({} if retries is None else {"max_retries": retries}))
    return embedding.get_text_embedding_batch(texts)


run_matrix(embed, {400: openai.BadRequestError, 401: openai.AuthenticationError, 429: openai.RateLimitError})
