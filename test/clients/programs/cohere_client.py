import cohere
from harness import run_matrix


def embed(base_url, api_key, texts, retries):
    client = cohere.ClientV2(api_key, base_url=base_url.removesuffix("/v1"))
    answer = client.embed(
        model="text-embedding-3-small",
        texts=texts,
        input_type="search_document",
        embedding_types=["float"],
        **({} if retries is None else {"request_options": {"max_retries": retries}}),
    )
    return answer.embeddings.float_


run_matrix(embed, {400: cohere.BadRequestError, 401: cohere.UnauthorizedError, 429: cohere.TooManyRequestsError})
