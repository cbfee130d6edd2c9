"""Whether clients that send a whole body before they read see why it is refused: urllib and, where it is there, requests."""

import json
import sys
import urllib.error
import urllib.request

url, key, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
CASES = [
    ("/no-such-route", "application/json", {"authorization": f"Bearer {key}"}, {404}),
    ("/embed", "application/json", {}, {401}),
    ("/embed", "text/csv", {"authorization": f"Bearer {key}"}, {415}),
    ("/embed", "application/json", {"authorization": f"Bearer {key}"}, {400, 413}),
]


def by_urllib(path, body, headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url + path, body, headers), timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


clients = {"urllib": by_urllib}
try:
    import requests

    clients["requests"] = lambda path, body, headers: requests.post(url + path, data=body, headers=headers, timeout=60).status_code
except ImportError:
    pass

faults = []
for name, ask in clients.items():
    for mebibytes in (1, 6, 70):
        body = b"x" * (mebibytes << 20)
        for path, content_type, headers, expected in CASES:
            for _ in range(times):
                try:
                    status = ask(path, body, {"content-type": content_type, **headers})
                except Exception as error:  # any failure means that the client saw no status
                    status = type(error).__name__
                if status not in expected:
                    faults.append(f"{name}, {mebibytes} MiB to {path}: {status}")
print(json.dumps({"clients": list(clients), "faults": faults}))
