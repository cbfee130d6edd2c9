import openai
from harness import run_matrix
from haystack import Document
from haystack.components.embedders import OpenAIDocumentEmbedder
from haystack.utils import Secret


def embed(base_url, api_key, texts, retries):
    """Raises on failure: otherwise this client logs an error and leaves the texts without vectors."""
    embedder = OpenAIDocumentEmbedder(
        api_key=Secret.from_token(api_key), api_base_url=base_url, max_retries=retries, progress_bar=False, raise_on_failure=True
    )
    documents = [Document(id=str(place), content=text) for place, text in enumerate(texts)]
    return [list(document.embedding) for document in embedder.run(documents)["documents"]]


run_matrix(embed, {400: openai.BadRequestError, 401: openai.AuthenticationError, 429: openai.RateLimitError})
