import ollama
from harness import run_matrix


def embed(base_url, api_key, texts, retries):
    client = ollama.Client(host=base_url.removesuffix("/v1"), headers={"authorization": f"Bearer {api_key}"})
    return [list(vector) for vector in client.embed(model="all-minilm", input=texts).embeddings]


run_matrix(embed, {400: ollama.ResponseError, 401: ollama.ResponseError, 429: ollama.ResponseError})
