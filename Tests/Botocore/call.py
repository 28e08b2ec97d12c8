"""One call with boto3, told by the environment where and as whom: call.py ecs run_task '{"cluster": "load", ...}'"""
import json
import pathlib
import sys

sys.path[:0] = [str(path) for path in pathlib.Path(__file__).resolve().parents[2].glob(".tools/moto-*")]
import boto3  # noqa: E402

if __name__ == "__main__":
    service, operation, parameters = sys.argv[1:]
    answer = getattr(boto3.client(service), operation)(**json.loads(parameters))
    print(json.dumps(answer, default=str))
