"""LiteLLM's proxy between openai-python and the service, with its cache in memory."""

import atexit
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import openai
from harness import INPUT, run_matrix

URL, LIMITED, KEYED = (f"{INPUT[name]}/v1" for name in ("url", "limitedUrl", "keyedUrl"))
KEY = INPUT["apiKey"]
PROXY_KEY = "sk-" + secrets.token_hex(32)
#: The model of the proxy for each service and key, because a client of the proxy cannot choose these.
MODELS = {(URL, KEY): "open", (KEYED, KEY): "keyed", (KEYED, "a-wrong-key"): "wrong-key", (LIMITED, KEY): "limited"}


def start_proxy():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    models = "".join(
        f"  - model_name: {name}\n    litellm_params:\n      model: openai/all-MiniLM-L6-v2\n"
        f"      api_base: {base_url}\n      api_key: {key}\n      max_retries: 0\n"
        for (base_url, key), name in MODELS.items()
    )
    settings = "litellm_settings:\n  cache: true\n  cache_params:\n    type: local\n  num_retries: 0\n"
    files = f"files_settings:\n  - custom_llm_provider: openai\n    api_base: {URL}\n    api_key: {KEY}\n"
    config = os.path.join(folder, "config.yaml")
    with open(config, "w") as file:
        file.write(f"model_list:\n{models}{settings}{files}")
    program = os.path.join(os.path.dirname(sys.executable), "litellm")
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MASTER_KEY": PROXY_KEY, "OPENAI_API_BASE": URL, "OPENAI_API_KEY": KEY}
    with open(os.path.join(folder, "log"), "w") as log:
        proxy = subprocess.Popen(
            [program, "--config", config, "--host", "127.0.0.1", "--port", str(port)], env=environment, stdout=log, stderr=log
        )
    atexit.register(proxy.kill)
    url = f"http://127.0.0.1:{port}"
    while proxy.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/health/liveliness")
            return url
        except OSError:
            time.sleep(0.2)
    with open(os.path.join(folder, "log")) as log:
        raise RuntimeError(f"the proxy ended: {log.read()[-500:]}")


PROXY = start_proxy()


def embed(base_url, api_key, texts, retries):
    client = openai.OpenAI(base_url=PROXY, api_key=PROXY_KEY, max_retries=0)
    answer = client.embeddings.create(model=MODELS[(base_url, api_key)], input=texts)
    return [item.embedding for item in answer.data]


def cancel_and_delete():
    """Cancels a batch and deletes its file through the proxy, which sends both with a content type and no body."""
    client = openai.OpenAI(base_url=PROXY, api_key=PROXY_KEY, max_retries=0)
    request = {"custom_id": "a", "method": "POST", "url": "/v1/embeddings", "body": {"model": "all-MiniLM-L6-v2", "input": "a text"}}
    file = client.files.create(file=("requests.jsonl", json.dumps(request).encode()), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint="/v1/embeddings", completion_window="24h")
    client.batches.cancel(batch.id)
    for _ in range(100):
        try:
            return client.files.delete(file.id)
        except openai.BadRequestError as error:  # until the batch has ended
            refusal = error
            time.sleep(0.1)
    raise refusal


def texts_answered():
    """By the service itself, so without those that the proxy had in its cache."""
    with urllib.request.urlopen(f"{INPUT['url']}/stats") as answer:
        cache = json.load(answer)["cache"]
    return cache["hits"] + cache["misses"]


def embed_with_hits(base_url, api_key, texts, retries):
    """Asks for every second text first, so that the proxy has them in its cache, and again, when it has all."""
    if len(texts) < 3:
        return embed(base_url, api_key, texts, retries)
    before = texts_answered()
    embed(base_url, api_key, texts[::2], retries)
    vectors = embed(base_url, api_key, texts, retries)
    if embed(base_url, api_key, texts, retries) != vectors or texts_answered() - before != len(texts):
        raise RuntimeError(f"the proxy's cache has other vectors, or not all: {texts_answered() - before} texts came through it")
    return vectors


cancel_and_delete()
run_matrix(embed_with_hits, {400: openai.BadRequestError, 401: openai.AuthenticationError, 429: openai.RateLimitError})
