import openai
from harness import run_matrix


def embed(base_url, api_key, texts, retries):
    client = openai.OpenAI(base_url=base_url, api_key=api_key, **({} if retries is None else {"max_retries": retries}))
    answer = client.embeddings.create(model="text-embedding-3-small", input=texts)
    return [item.embedding for item in answer.data]


run_matrix(embed, {400: openai.BadRequestError, 401: openai.AuthenticationError, 429: openai.RateLimitError})
