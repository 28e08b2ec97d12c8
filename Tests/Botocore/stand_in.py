"""Starts the ECS stand-in for a scenario, talks to it with boto3, and sees that nothing is left behind."""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path[:0] = [str(path) for path in pathlib.Path(__file__).resolve().parents[2].glob(".tools/moto-*")]
import boto3  # noqa: E402
import botocore.config  # noqa: E402

KEY, SECRET = "AKIAGRIDTESTS0000001", "grid/tests+secret"
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-0123456789abcdef0"], "securityGroups": ["sg-0123456789abcdef0"]}}
# Says what it was given; ends as it is told, by itself or by SIGTERM.
AGENT = """#!/bin/sh
echo "arguments: $*"
env
case "$MODE" in
  deaf) trap '' TERM ;;
  *) trap 'echo terminated; exit 105' TERM ;;
esac
if [ "$MODE" = family ]; then setsid sleep 300 & sh -c 'sleep 300' & fi
echo ready
end=$(( $(date +%s%N) / 1000000 + ${LASTS:-100} ))
while [ $(( $(date +%s%N) / 1000000 )) -lt $end ]; do sleep 0.02; done
exit "${CODE:-0}"
"""
DEFINITION = {
    "family": "k6-shard", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "1024", "memory": "2048",
    "taskRoleArn": "arn:aws:iam::123456789012:role/task", "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
    "tags": [{"key": "team", "value": "load"}],
    "containerDefinitions": [{
        "name": "shard", "image": "registry/k6-shard:1", "command": ["run", "load.js"], "stopTimeout": 2,
        "environment": [{"name": "FROM_DEFINITION", "value": "1"}, {"name": "BOTH", "value": "definition"}],
        "secrets": [{"name": "TOKEN", "valueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:secret:token-abcdef"}],
        "logConfiguration": {"logDriver": "awslogs", "options": {
            "awslogs-group": "/load", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "shard"}}}],
}


class StandIn:
    def __init__(self, folder, *arguments, faults=None, start=True):
        self.folder = pathlib.Path(folder)
        agent = self.folder / "shard-agent"
        agent.write_text(AGENT)
        agent.chmod(0o755)
        (self.folder / "definition.json").write_text(json.dumps(DEFINITION))
        self.logs = self.folder / "logs"
        command = [os.environ["ECS_STAND_IN"], "--agent", str(agent), "--logs", str(self.logs),
                   "--address-file", str(self.folder / "address"), "--cluster", "load=FARGATE,FARGATE_SPOT",
                   "--cluster", "bare", "--task-definition", str(self.folder / "definition.json"),
                   "--secret", "arn:aws:secretsmanager:us-east-1:123456789012:secret:token-abcdef=hush",
                   "--key", f"{KEY}:{SECRET}", "--pass", "PATH=" + os.environ["PATH"], "--pass", "BOTH=passed",
                   "--state-delay", "20", "--end-with-parent", *arguments]
        if faults is not None:
            (self.folder / "faults.json").write_text(json.dumps(faults))
            command += ["--faults", str(self.folder / "faults.json")]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if start:
            self.address = eventually(self._address, "the stand-in's start")
            self.ecs = self.client()

    def _address(self):
        assert self.process.poll() is None, self.process.stderr.read()
        file = self.folder / "address"
        return file.read_text() if file.exists() else None

    def client(self, key=KEY, secret=SECRET, token=None, region="us-east-1", attempts=1, timeout=60):
        return boto3.client(
            "ecs", endpoint_url=self.address, region_name=region, aws_access_key_id=key, aws_secret_access_key=secret,
            aws_session_token=token, config=botocore.config.Config(
                retries={"mode": "standard", "total_max_attempts": attempts}, read_timeout=timeout))

    def get(self, path, headers=None, body=None):
        address = path if path.startswith("http") else self.address + path
        request = urllib.request.Request(address, data=body, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def state(self):
        return self.get("/_state")[1]

    def record(self):
        return self.get("/_record")[1]

    def set_faults(self, *faults):
        status, answer = self.get("/_faults", body=json.dumps(list(faults)).encode())
        assert status == 200, answer

    def parameters(self, shard=0, environment=None, **more):
        variables = {"K6_SHARD_INDEX": str(shard), **(environment or {})}
        override = {"name": "shard", "environment": [{"name": n, "value": v} for n, v in variables.items()]}
        parameters = {"cluster": "load", "taskDefinition": "k6-shard:1", "launchType": "FARGATE", "networkConfiguration": NETWORK,
                      "overrides": {"containerOverrides": [override]}, **more}
        return {name: value for name, value in parameters.items() if value is not None}

    def run(self, shard=0, environment=None, client=None, **more):
        return (client or self.ecs).run_task(**self.parameters(shard, environment, **more))

    def start(self, *arguments, **named):
        return self.run(*arguments, **named)["tasks"][0]["taskArn"]

    def describe(self, arn, **more):
        return self.ecs.describe_tasks(cluster="load", tasks=[arn], **more)

    def task(self, arn):
        return self.describe(arn)["tasks"][0]

    def reaches(self, arn, status):
        return eventually(lambda: self.task(arn) if self.task(arn)["lastStatus"] == status else None, status)

    def stopped(self, arn):
        return self.reaches(arn, "STOPPED")

    def ready(self, arn):
        """The agent has set its traps."""
        eventually(lambda: "ready" in self.output(arn), "the agent's ready")

    def output(self, arn):
        file = self.logs / (arn[-32:] + ".out")
        return file.read_text() if file.exists() else ""

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


def eventually(condition, what, within=30):
    deadline = time.monotonic() + within
    while True:
        if found := condition():
            return found
        assert time.monotonic() < deadline, f"{what} did not happen within {within} s"
        time.sleep(0.02)


def left_behind(folder):
    """Processes whose command or environment names the scenario's own folder."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            text = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            if str(folder).encode() in text and int(process.name) != os.getpid():
                found.append((process.name, (process / "cmdline").read_bytes()))
    return found


@contextlib.contextmanager
def stand_in(*arguments, **named):
    with tempfile.TemporaryDirectory(prefix="ecs-stand-in-") as folder:
        # In every task's environment, so that none can hide.
        server = StandIn(folder, "--pass", f"SCENARIO={folder}", *arguments, **named)
        try:
            yield server
        finally:
            server.end()
            eventually(lambda: not left_behind(folder), f"the end of {left_behind(folder)}")


def refused(call, code=None, text=""):
    """Calls, and gives the error that comes back."""
    try:
        answer = call()
    except botocore.exceptions.ClientError as error:
        found = error.response["Error"]
        assert code is None or found["Code"] == code, found
        assert text.lower() in found["Message"].lower(), found
        assert error.response["ResponseMetadata"]["RequestId"], error.response
        return error.response
    raise AssertionError(f"it was not refused: {answer}")


def main(scenarios):
    """Runs the scenarios and prints one line for each: `ok NAME` or `FAILED NAME: why`."""
    import traceback
    for name, scenario in scenarios.items():
        if not name.startswith("test_"):
            continue
        try:
            scenario()
            print(f"ok {name}", flush=True)
        except BaseException:
            print(f"FAILED {name}: " + traceback.format_exc().strip().replace("\n", " | "), flush=True)
