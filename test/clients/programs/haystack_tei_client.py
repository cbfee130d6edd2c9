from harness import run_matrix
from haystack import Document
from haystack_integrations.components.embedders.huggingface_api import HuggingFaceAPIDocumentEmbedder
from haystack.utils import Secret
from huggingface_hub.errors import HfHubHTTPError


def embed(base_url, api_key, texts, retries):
    embedder = HuggingFaceAPIDocumentEmbedder(
        api_type="text_embeddings_inference",
        api_params={"url": base_url.removesuffix("/v1")},
        token=Secret.from_token(api_key),
        progress_bar=False,
    )
    documents = [Document(id=str(place), content=text) for place, text in enumerate(texts)]
    return [list(document.embedding) for document in embedder.run(documents)["documents"]]


run_matrix(embed, {400: HfHubHTTPError, 401: HfHubHTTPError, 429: HfHubHTTPError})
