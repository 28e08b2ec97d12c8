"""A git server on a free port of loopback, ended by the end of its standard input: `git http-backend` behind what
GitHub's front asks of a client.

    server.py FOLDER

The first line on standard output is its port. Repositories are those below FOLDER. A request without the header
`Authorization: Basic x-access-token:writer-token` (or reader-token, which may not push; or with the token as the user, as
in https://TOKEN@host/) is answered 401; one with two of them 400, as GitHub does. A refusal repeats the header that it was sent: nothing of that may be seen by anybody.
"""

import base64
import http.server
import os
import subprocess
import sys
import threading


def headers(token):
    pairs = [f"x-access-token:{token}", f"{token}:"]
    return ["Basic " + base64.b64encode(pair.encode()).decode() for pair in pairs]


class Front(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def refuse(self, status, text):
        body = f"{text} {self.headers.get('Authorization')}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def answer(self):
        body = self.body()
        sent = self.headers.get_all("Authorization") or []
        if len(sent) > 1:
            return self.refuse(400, "Duplicate header")
        if not sent or sent[0] not in headers("writer-token") + headers("reader-token"):
            return self.refuse(401, "who are you")
        if sent[0] in headers("reader-token") and "receive-pack" in self.path:
            return self.refuse(403, "Permission to acme/shop.git denied to reader")
        path, _, query = self.path.partition("?")
        environment = os.environ | {
            "GIT_PROJECT_ROOT": sys.argv[1],
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "writer",
            "REMOTE_ADDR": "127.0.0.1",
        }
        answer = subprocess.run(["git", "http-backend"], input=body, stdout=subprocess.PIPE, env=environment)
        head, _, rest = answer.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(fields.pop("Status", "200 OK").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest)

    do_GET = do_POST = answer


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
