"""Shows what rehearsals published: the pages in the bucket, and at /alerts what SNS was told."""

import json
import mimetypes
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
from botocore.exceptions import ClientError

BUCKET = "k6-grid"
STORES = ["rehearsal", "attached"]
s3 = boto3.client("s3")
sqs = boto3.client("sqs")
told = []


def index():
    def is_there(store):
        return "Contents" in s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{store}/report/index.html")

    links = [f"{store}/report/index.html" for store in STORES if is_there(store)] + ["alerts"]
    return "text/html", "".join(f'<p><a href="/{link}">{link}</a>' for link in links).encode()


def alerts():
    url = sqs.get_queue_url(QueueName="load-test")["QueueUrl"]
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            told.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    texts = [f"{message.get('Subject', '')}\n\n{message['Message']}" for message in told]
    return "text/plain; charset=utf-8", ("\n\n----\n\n".join(texts) or "nothing").encode()


def published(key):
    key += "index.html" if key.endswith("/") else ""
    # Of the bucket only what a browser is meant to see.
    if not any(key.startswith(f"{store}/report/") for store in STORES):
        return None
    try:
        found = s3.get_object(Bucket=BUCKET, Key=key)
    except ClientError:
        return None
    return found["ContentType"] or mimetypes.guess_type(key)[0], found["Body"].read()


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        found = {"/": index, "/alerts": alerts}.get(path, lambda: published(path[1:]))()
        kind, body = found or ("text/plain", b"nothing is published here\n")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("", 8600), Page).serve_forever()
