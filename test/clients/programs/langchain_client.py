import openai
from harness import run_matrix
from langchain_openai import OpenAIEmbeddings


def embed(base_url, api_key, texts, retries):
    """Sends token ids: with its defaults this client tokenizes texts itself."""
    embeddings = OpenAIEmbeddings(base_url=base_url, api_key=api_key, **({} if retries is None else {"max_retries": retries}))
    return embeddings.embed_documents(texts)


run_matrix(embed, {400: openai.BadRequestError, 401: openai.AuthenticationError, 429: openai.RateLimitError})
