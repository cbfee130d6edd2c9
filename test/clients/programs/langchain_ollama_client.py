import ollama
from harness import run_matrix
from langchain_ollama import OllamaEmbeddings


def embed(base_url, api_key, texts, retries):
    headers = {"authorization": f"Bearer {api_key}"}
    embeddings = OllamaEmbeddings(model="all-minilm", base_url=base_url.removesuffix("/v1"), client_kwargs={"headers": headers})
    return embeddings.embed_documents(texts)


run_matrix(embed, {400: ollama.ResponseError, 401: ollama.ResponseError, 429: ollama.ResponseError})
