"""Rates of calls, who may call, and the endpoints inside a task."""
import contextlib
import datetime
import importlib.util
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request

from stand_in import KEY, SECRET, eventually, main, refused, stand_in

import boto3
import botocore.exceptions


def burst(it, count, call):
    """Calls at once on several connections; how many were throttled."""
    throttled, lock = [], threading.Lock()

    def some(number):
        client = it.client()
        for _ in range(number):
            try:
                call(client)
            except botocore.exceptions.ClientError as error:
                assert error.response["Error"]["Code"] == "ThrottlingException", error
                with lock:
                    throttled.append(1)
    threads = [threading.Thread(target=some, args=(count // 8,)) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return len(throttled)


def test_the_published_rates():
    with stand_in("--state-delay", "60000") as it:
        arn = it.start(0)
        began = time.monotonic()
        throttled = burst(it, 240, lambda client: client.describe_tasks(cluster="load", tasks=[arn]))
        took = time.monotonic() - began
        # 100 at once, and 20 in every second.
        assert abs((240 - throttled) - (100 + 20 * took)) < 15, (throttled, took)
        assert it.state()["throttles"] == {"DescribeTasks": throttled}
    with stand_in("--rates", "off") as it:
        assert burst(it, 160, lambda client: client.list_tasks(cluster="load")) == 0


def test_who_may_call():
    with stand_in() as it:
        def listing(**more):
            return lambda: it.client(**more).list_tasks(cluster="load")
        listing()()
        refused(listing(secret="wrong"), "InvalidSignatureException", "does not match")
        refused(listing(key="AKIAUNKNOWN"), "UnrecognizedClientException", "security token included in the request is invalid")
        refused(listing(token="made up"), "UnrecognizedClientException")
        refused(listing(region="eu-central-1"), "InvalidSignatureException", "region")
        good = {"X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListTasks", "Content-Type": "application/x-amz-json-1.1"}
        status, answer = it.get("/", headers=good, body=b"{}")
        assert status == 400 and answer["__type"].endswith("MissingAuthenticationTokenException")
        status, answer = it.get("/", headers={**good, "Authorization": "AWS4-HMAC-SHA256 nonsense"}, body=b"{}")
        assert answer["__type"].endswith("IncompleteSignatureException")
        for change, text in ((lambda headers: headers.update({"X-Amz-Target": good["X-Amz-Target"].replace("ListTasks", "DescribeTasks")}), "does not match"),
                             (lambda headers: headers.update({"X-Amz-Extra": "1"}), "must be a 'SignedHeader'")):
            headers = signed(it, good, b"{}")
            change(headers)
            _, answer = it.get("/", headers=headers, body=b"{}")
            assert text in answer.get("Message", ""), answer
        assert "does not match" in it.get("/", headers=signed(it, good, b"{}"), body=b'{"cluster":"load"}')[1]["Message"]
        for age, text in ((-400, "Signature expired"), (400, "Signature not yet current")):
            assert text in it.get("/", headers=signed(it, good, b"{}", age), body=b"{}")[1]["Message"]
        assert "correct service" in it.get("/", headers=signed(it, good, b"{}", service="s3"), body=b"{}")[1]["Message"]


def signed(it, headers, body, age=0, service="ecs"):
    """botocore's signature, of another time or service."""
    from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    time_then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=age)
    request = AWSRequest("POST", it.address + "/", headers=headers, data=body)
    request.context["timestamp"] = request.headers["X-Amz-Date"] = time_then.strftime(SIGV4_TIMESTAMP)
    auth = SigV4Auth(Credentials(KEY, SECRET), service, "us-east-1")
    text = auth.string_to_sign(request, auth.canonical_request(request))
    auth._inject_signature_to_request(request, auth.signature(text, request))
    return dict(request.headers.items())


def variables(it, arn):
    return dict(line.split("=", 1) for line in it.output(arn).splitlines() if "=" in line)


def test_credentials_inside_a_task():
    with stand_in("--credential-seconds", "4") as it:
        arn = it.start(0, {"LASTS": "60000"})
        it.ready(arn)
        inside = variables(it, arn)
        address, token = inside["AWS_CONTAINER_CREDENTIALS_FULL_URI"], inside["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        assert it.get(address)[0] == 403 and it.get(address, {"Authorization": token + "x"})[0] == 403
        assert it.get(address[:-1] + "z", {"Authorization": token})[0] == 400
        status, keys = it.get(address, {"Authorization": token})
        assert status == 200 and keys["RoleArn"] == "arn:aws:iam::123456789012:role/task", keys
        expires = datetime.datetime.fromisoformat(keys["Expiration"].replace("Z", "+00:00"))
        assert 0 < (expires - datetime.datetime.now(datetime.timezone.utc)).total_seconds() <= 4

        def listing(**more):
            return it.client(keys["AccessKeyId"], keys["SecretAccessKey"], keys["Token"], **more).list_tasks(cluster="load")
        listing()
        assert it.state()["credentialHandOuts"] == 1
        refused(lambda: it.client(keys["AccessKeyId"], keys["SecretAccessKey"]).list_tasks(cluster="load"), "UnrecognizedClientException")
        while datetime.datetime.now(datetime.timezone.utc) < expires:
            time.sleep(0.1)
        refused(listing, "ExpiredTokenException", "is expired")
        # boto3 finds the endpoint by itself, as the agent must.
        import botocore.credentials
        os.environ.update({name: inside[name] for name in ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN")})
        try:
            found = botocore.credentials.ContainerProvider().load()
            assert found.get_frozen_credentials().access_key.startswith("ASIA")
        finally:
            for name in ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"):
                del os.environ[name]
        it.set_faults({"fault": "server-error", "operation": "Credentials", "calls": [1]})
        assert it.get(address, {"Authorization": token})[0] == 500
        assert it.get(address, {"Authorization": token})[0] == 200
        it.ecs.stop_task(cluster="load", task=arn)
        it.stopped(arn)
        assert it.get(address, {"Authorization": token})[0] == 400, "a task that is gone has none"


def test_no_role_no_credentials():
    with stand_in() as it:
        it.ecs.register_task_definition(
            family="bare", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
            containerDefinitions=[{"name": "shard", "image": "a"}])
        arn = it.start(0, taskDefinition="bare")
        it.stopped(arn)
        assert "AWS_CONTAINER" not in it.output(arn) and "ECS_CONTAINER_METADATA_URI_V4" in it.output(arn)


def test_given_keys_are_handed_out_with_an_end():
    with stand_in("--credentials-from", "AKIAMOTO:moto/secret") as it:
        arn = it.start(0, {"LASTS": "60000"})
        it.ready(arn)
        inside = variables(it, arn)
        keys = [it.get(inside["AWS_CONTAINER_CREDENTIALS_FULL_URI"], {"Authorization": inside["AWS_CONTAINER_AUTHORIZATION_TOKEN"]})[1]
                for _ in range(2)]
        assert [(x["AccessKeyId"], x["SecretAccessKey"]) for x in keys] == [("AKIAMOTO", "moto/secret")] * 2
        assert keys[0]["Token"] != keys[1]["Token"] and keys[0]["Expiration"]


def test_keys_of_an_sts():
    import http.server
    seen = []

    class STS(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append((self.rfile.read(int(self.headers["Content-Length"])).decode(), self.headers))
            body = (b"<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAGIVEN</AccessKeyId><SecretAccessKey>s/1</SecretAccessKey>"
                    b"<SessionToken>t=</SessionToken></Credentials></AssumeRoleResult></AssumeRoleResponse>")
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), STS)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with stand_in("--credentials-from", f"{KEY}:{SECRET}@http://127.0.0.1:{server.server_port}") as it:
            arn = it.start(0, {"LASTS": "60000"})
            it.ready(arn)
            inside = variables(it, arn)
            _, keys = it.get(inside["AWS_CONTAINER_CREDENTIALS_FULL_URI"], {"Authorization": inside["AWS_CONTAINER_AUTHORIZATION_TOKEN"]})
            assert (keys["AccessKeyId"], keys["SecretAccessKey"], keys["Token"]) == ("ASIAGIVEN", "s/1", "t="), keys
            it.client("ASIAGIVEN", "s/1", "t=").list_tasks(cluster="load")
    finally:
        server.shutdown()
    import urllib.parse
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    body, headers = seen[0]
    form = urllib.parse.parse_qs(body)
    assert form["Action"] == ["AssumeRole"] and form["RoleArn"] == ["arn:aws:iam::123456789012:role/task"], form
    # Its signature is that of botocore for the same request.
    request = AWSRequest("POST", f"http://127.0.0.1:{server.server_port}/", data=body.encode(), headers={"Content-Type": headers["Content-Type"]})
    request.context["timestamp"] = headers["x-amz-date"]
    auth = SigV4Auth(Credentials(KEY, SECRET), "sts", "us-east-1")
    request.headers["X-Amz-Date"] = headers["x-amz-date"]
    expected = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    assert headers["Authorization"].endswith("Signature=" + expected), headers


@contextlib.contextmanager
def moto():
    """moto that looks at signatures and policies, with a user, a role and a bucket: its address and the user's keys."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "1000000", "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        def answers():
            with contextlib.suppress(OSError):
                return urllib.request.urlopen(address + "/moto-api/").status
        eventually(answers, "moto's start")
        any_keys = {"endpoint_url": address, "region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
        iam = boto3.client("iam", **any_keys)
        may = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*", "sts:*"], "Resource": "*"}]})
        iam.create_user(UserName="tests")
        iam.put_user_policy(UserName="tests", PolicyName="p", PolicyDocument=may)
        keys = iam.create_access_key(UserName="tests")["AccessKey"]
        iam.create_role(RoleName="task", AssumeRolePolicyDocument=may)
        iam.put_role_policy(RoleName="task", PolicyName="p", PolicyDocument=may)
        boto3.client("s3", **any_keys).create_bucket(Bucket="bucket")
        request = urllib.request.Request(address + "/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"})
        urllib.request.urlopen(request).close()
        yield address, keys["AccessKeyId"], keys["SecretAccessKey"]
    finally:
        process.terminate()
        process.wait()


def test_keys_that_moto_verifies():
    if importlib.util.find_spec("moto") is None and os.environ.get("CI") != "true":
        return
    with moto() as (address, key, secret), stand_in("--credentials-from", f"{key}:{secret}@{address}") as it:
        arn = it.start(0, {"LASTS": "60000"})
        it.ready(arn)
        inside = variables(it, arn)
        _, keys = it.get(inside["AWS_CONTAINER_CREDENTIALS_FULL_URI"], {"Authorization": inside["AWS_CONTAINER_AUTHORIZATION_TOKEN"]})

        def put(secret, token):
            client = boto3.client("s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id=keys["AccessKeyId"],
                                  aws_secret_access_key=secret, aws_session_token=token)
            return client.put_object(Bucket="bucket", Key="a", Body=b"1")
        put(keys["SecretAccessKey"], keys["Token"])
        refused(lambda: put("wrong", keys["Token"]), "SignatureDoesNotMatch")
        refused(lambda: put(keys["SecretAccessKey"], "wrong"), "InvalidToken")


def test_metadata_inside_a_task():
    with stand_in(faults=[{"fault": "clock-drift", "shard": 1, "offsetMilliseconds": -5000, "errorBoundMilliseconds": 1800.5,
                           "synchronization": "NOT_SYNCHRONIZED"},
                          {"fault": "server-error", "operation": "Metadata", "shard": 2, "calls": [1]}]) as it:
        found = []
        for shard in range(3):
            arn = it.start(shard, {"LASTS": "60000"})
            it.ready(arn)
            found.append((arn, variables(it, arn)["ECS_CONTAINER_METADATA_URI_V4"]))
        arn, address = found[0]
        status, task = it.get(address + "/task")
        assert status == 200 and task["TaskARN"] == arn and task["Family"] == "k6-shard" and task["Revision"] == "1"
        assert task["Limits"] == {"CPU": 1, "Memory": 2048} and task["LaunchType"] == "FARGATE"
        assert task["Cluster"].endswith(":cluster/load") and task["AvailabilityZone"].startswith("us-east-1")
        assert task["ClockDrift"]["ClockSynchronizationStatus"] == "SYNCHRONIZED" and task["ClockDrift"]["ClockErrorBound"] < 1
        container = it.get(address)[1]
        assert container["Name"] == "shard" and container["LogDriver"] == "awslogs"
        assert container["LogOptions"] == {"awslogs-group": "/load", "awslogs-region": "us-east-1", "awslogs-stream": "shard/shard/" + arn[-32:]}
        assert task["Containers"][0]["DockerId"] == container["DockerId"] == address.split("/")[-1]
        drift = it.get(found[1][1] + "/task")[1]["ClockDrift"]
        reference = datetime.datetime.fromisoformat(drift["ReferenceTimestamp"].replace("Z", "+00:00"))
        age = (datetime.datetime.now(datetime.timezone.utc) - reference).total_seconds()
        assert drift["ClockErrorBound"] == 1800.5 and drift["ClockSynchronizationStatus"] == "NOT_SYNCHRONIZED" and 4 < age < 15, (drift, age)
        assert it.get(found[2][1] + "/task")[0] == 500 and it.get(found[2][1] + "/task")[0] == 200
        assert it.get(address + "0/task")[0] == 404


if __name__ == "__main__":
    main(dict(globals()))
