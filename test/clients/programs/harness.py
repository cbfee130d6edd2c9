"""The steps that every Python client of the matrix runs; ../run-client.js describes the output."""

import json
import platform
import sys

INPUT = json.load(sys.stdin)


def status_of(error):
    """The HTTP status that an error, its cause or its response has; None if there is none."""
    while error is not None:
        for holder in (error, getattr(error, "response", None)):
            for name in ("status_code", "http_status"):
                status = getattr(holder, name, None)
                if isinstance(status, int) and status > 0:
                    return status
        error = error.__cause__ or error.__context__
    return None


def run_matrix(embed, errors):
    """`embed(base_url, api_key, texts, retries)` returns vectors; `retries` is None where the library's default holds.

    `errors` has the library's own class of error for each status.
    """
    api_key = INPUT["apiKey"]
    url = INPUT["url"] + "/v1"
    keyed_url = INPUT["keyedUrl"] + "/v1"

    def error_for(status, base_url=url, api_key=api_key, texts=("a text",)):
        try:
            embed(base_url, api_key, list(texts), 0)
        except Exception as error:
            return {
                "name": type(error).__name__,
                "isOwn": isinstance(error, errors[status]) and status_of(error) in (None, status),
                "status": status_of(error),
            }
        return {"name": "no error", "isOwn": False, "status": None}

    vectors = embed(url, api_key, INPUT["texts"], None)
    if len(embed(keyed_url, api_key, ["a text"], None)) != 1:
        raise RuntimeError("the right key does not open the service")
    report = {
        "runtime": "Python " + ".".join(platform.python_version_tuple()[:2]),
        "vectors": vectors,
        "errors": {
            "400": error_for(400, texts=("a text", INPUT["textThatIsTooLong"])),
            "401": error_for(401, base_url=keyed_url, api_key="a-wrong-key"),
            "429": error_for(429, base_url=INPUT["limitedUrl"] + "/v1"),
        },
    }
    print(json.dumps(report))
