import os
import pathlib
import sys

import numpy as np
from openai import OpenAI

SERVICE = os.environ.get("EMBEDDING_URL", "http://localhost:8000")
MODEL = "all-MiniLM-L6-v2"
FOLDER = pathlib.Path(__file__).parent / "../../docs"

client = OpenAI(base_url=f"{SERVICE}/v1", api_key=os.environ.get("API_KEY", "none"))


def embed(texts: list[str]) -> np.ndarray:
    answer = client.embeddings.create(model=MODEL, input=texts)
    return np.array([item.embedding for item in answer.data], dtype=np.float32)


paragraphs = [
    (path.name, paragraph.strip())
    for path in sorted(FOLDER.rglob("*.md"))
    for paragraph in path.read_text(encoding="utf-8").split("\n\n")
    if len(paragraph.strip()) > 80
]
matrix = embed([text for _, text in paragraphs])

# Vectors have length one: their dot products are their cosines.
question = " ".join(sys.argv[1:])
cosines = matrix @ embed([question])[0]
for index in np.argsort(-cosines)[:3]:
    name, text = paragraphs[index]
    print(f"{cosines[index]:.2f} {name}: {' '.join(text.split())[:300]}\n")
