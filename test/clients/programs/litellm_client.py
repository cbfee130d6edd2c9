import litellm
from harness import run_matrix


def embed(base_url, api_key, texts, retries):
    answer = litellm.embedding(
        model="openai/all-MiniLM-L6-v2",
        input=texts,
        api_base=base_url,
        api_key=api_key,
        **({} if retries is None else {"max_retries": retries}),
    )
    return [item["embedding"] for item in answer.data]


run_matrix(embed, {400: litellm.BadRequestError, 401: litellm.AuthenticationError, 429: litellm.RateLimitError})
