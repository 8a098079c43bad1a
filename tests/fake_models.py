"""Scripted model servers over real HTTP on the loopback: the Gemini REST API and the OpenAI chat completions API.

Each script entry answers one request: a dict is the body of a 200, a (status, body) or (status, body, headers) tuple is that status, bytes are sent raw, a
number of seconds makes the server silent that long first, "drop" closes the connection, a callable makes the entry from the request's body.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FakeServer:
    def __init__(self, script=(), default=None):
        self.script, self.default, self.requests = list(script), default, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_POST(self):
                body = json.loads(
                    self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}"
                )
                outer.requests.append(
                    {
                        "path": self.path,
                        "body": body,
                        "headers": dict(self.headers),
                        "at": time.monotonic(),
                    }
                )
                self.answer(outer.script.pop(0) if outer.script else outer.default, body)

            def answer(self, entry, body):
                if callable(entry):
                    return self.answer(entry(body), body)
                if isinstance(entry, list):  # first wait, then go on
                    for e in entry[:-1]:
                        time.sleep(e)
                    return self.answer(entry[-1], body)
                if entry == "drop":
                    self.close_connection = True
                    return self.connection.close()
                status, data, headers = (
                    (200, entry, {})
                    if not isinstance(entry, tuple)
                    else (*entry, {})[:3]
                    if len(entry) == 2
                    else entry
                )
                raw = data if isinstance(data, bytes) else json.dumps(data).encode()
                try:
                    self.send_response(status)
                    for k, v in {
                        "Content-Type": "text/event-stream"
                        if raw.startswith(b"data:")
                        else "application/json",
                        "Content-Length": str(len(raw)),
                        **headers,
                    }.items():
                        self.send_header(k, v)
                    self.end_headers()
                    self.wfile.write(raw)
                except OSError:
                    pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(
            target=self.server.serve_forever, daemon=True, kwargs={"poll_interval": 0.02}
        ).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.server.shutdown()
        self.server.server_close()


def gemini(*parts, reason="STOP", **extra):
    return {
        "candidates": [
            {"content": {"role": "model", "parts": list(parts)}, "finishReason": reason, "index": 0}
        ],
        "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 3, "totalTokenCount": 10},
        "modelVersion": "fake",
        **extra,
    }


def gemini_error(status, message="no"):
    return status, {"error": {"code": status, "message": message, "status": "ERROR"}}


def chat(content=None, calls=(), reason=None, **extra):
    message = {"role": "assistant", "content": content} | (
        {
            "tool_calls": [
                {
                    "id": i,
                    "type": "function",
                    "function": {
                        "name": n,
                        "arguments": a if isinstance(a, str) else json.dumps(a),
                    },
                }
                for i, n, a in calls
            ]
        }
        if calls
        else {}
    )
    return {
        "choices": [
            {
                "index": 0,
                "message": message | extra,
                "finish_reason": reason or ("tool_calls" if calls else "stop"),
            }
        ],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
        "model": "fake",
    }
