"""Uses the package `generated`, which openapi-python-client made of /docs-json; see ../generated-python-client.js."""

import json
import sys
import time

from generated import Client
from generated.api.embeddings import embed
from generated.api.jobs import read_job, read_job_results, submit_job
from generated.api.openai import create_embedding
from generated.models import (
    CreateEmbeddingRequest,
    EmbedRequest,
    EmbedResponse,
    ErrorSchema,
    JobAnswer,
    JobRequest,
    JobResults,
    ReadJobResultsFormat,
)


def checked(answer, kind):
    if not isinstance(answer, kind):
        raise RuntimeError(f"instead of {kind.__name__}: {answer}")
    return answer


url, texts = json.load(sys.stdin)
client = Client(base_url=url)

single = checked(embed.sync(client=client, body=EmbedRequest(text=texts[0])), EmbedResponse)
refused = checked(embed.sync(client=client, body=EmbedRequest(text="")), ErrorSchema)
openai = create_embedding.sync(client=client, body=CreateEmbeddingRequest(input_=texts, model=single.model))
job = checked(submit_job.sync(client=client, body=JobRequest(texts=texts)), JobAnswer)
while job.finished_at is None:
    time.sleep(0.05)
    job = checked(read_job.sync(job.id, client=client), JobAnswer)
results = checked(read_job_results.sync(job.id, client=client, format_=ReadJobResultsFormat.JSON), JobResults).results

report = {
    "single": single.embedding,
    "refused": refused.details[0].field,
    "openai": [item.embedding for item in openai.data],
    "status": job.status.value,
    "results": [result.embedding for result in results],
}
print(json.dumps(report))
