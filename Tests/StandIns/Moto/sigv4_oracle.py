"""The Authorization headers that botocore gives requests: sigv4_oracle.py IN.json OUT.json."""

import datetime
import json
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def authorization(case):
    moment = datetime.datetime.strptime(case["time"], "%Y%m%dT%H%M%SZ")
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: moment
    request = AWSRequest(method=case["method"], url=case["url"], data=case["body"].encode())
    for header in case["headers"]:
        request.headers.add_header(header["name"], header["value"])
    request.context["payload_signing_enabled"] = True
    request.context["client_config"] = None
    kind = botocore.auth.S3SigV4Auth if case["service"] == "s3" else botocore.auth.SigV4Auth
    credentials = Credentials(case["key"], case["secret"], case.get("token"))
    kind(credentials, case["service"], case["region"]).add_auth(request)
    return request.headers["Authorization"]


with open(sys.argv[1]) as cases:
    answers = [authorization(case) for case in json.load(cases)]
with open(sys.argv[2], "w") as out:
    json.dump(answers, out)
