"""The stand-in seen by a third party's client: a task's life, the rules, the record against ECS's own model."""
import datetime
import json
import signal
import time

from check_record import check_record, model
from stand_in import DEFINITION, KEY, NETWORK, SECRET, main, refused, stand_in

# The shortest definition that may run.
SMALL = {**DEFINITION, "containerDefinitions": [{"name": "shard", "image": "registry/k6-shard:1"}]}


def test_a_task_lives_and_says_so():
    with stand_in() as it:
        answer = it.run(0, {"CODE": "7", "BOTH": "override"}, startedBy="run/2026-11-23",
                        tags=[{"key": "run", "value": "2026-11-23"}], propagateTags="TASK_DEFINITION", clientToken="a.1")
        assert answer["failures"] == []
        task = answer["tasks"][0]
        assert task["lastStatus"] == "PROVISIONING" and task["desiredStatus"] == "RUNNING"
        arn = task["taskArn"]
        prefix, cluster, name = arn.split("/")
        assert prefix == "arn:aws:ecs:us-east-1:123456789012:task" and cluster == "load" and len(name) == 32
        assert "exitCode" not in task["containers"][0] and task["containers"][0]["lastStatus"] == "PENDING"
        assert {tag["key"] for tag in task["tags"]} == {"run", "team"}
        assert it.task(arn)["tags"] == []
        assert len(it.describe(arn, include=["TAGS"])["tasks"][0]["tags"]) == 2
        done = it.stopped(arn)
        assert done["containers"][0]["exitCode"] == 7 and done["containers"][0]["lastStatus"] == "STOPPED"
        assert done["stopCode"] == "EssentialContainerExited"
        assert done["stoppedReason"] == "Essential container in task exited"
        assert done["cpu"] == "1024" and done["memory"] == "2048" and done["launchType"] == "FARGATE"
        assert "capacityProviderName" not in done and done["availabilityZone"].startswith("us-east-1")
        assert done["desiredStatus"] == "STOPPED" and done["version"] > task["version"]
        times = [done[x] for x in ("createdAt", "pullStartedAt", "pullStoppedAt", "startedAt", "stoppingAt",
                                   "executionStoppedAt", "stoppedAt")]
        assert times == sorted(times) and all(isinstance(x, datetime.datetime) for x in times), times
        text = it.output(arn)
        for line in ("arguments: run load.js", "FROM_DEFINITION=1", "BOTH=override", "CODE=7", "TOKEN=hush",
                     "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", "AWS_EXECUTION_ENV=AWS_ECS_FARGATE"):
            assert line in text.splitlines(), (line, text)
        # Of the machine there is what was passed, and no more.
        assert "HOME=" not in text and "ECS_STAND_IN" not in text


def test_every_state_is_passed_in_order():
    with stand_in("--state-delay", "400") as it:
        arn = it.start(0)
        seen = []
        while not seen or seen[-1] != "STOPPED":
            status = it.task(arn)["lastStatus"]
            if not seen or seen[-1] != status:
                seen.append(status)
        order = ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"]
        # STOPPING is short when the process has gone by itself.
        assert [x for x in order if x in seen] == seen and len(seen) >= 7, seen


def test_an_override_of_the_command_and_of_nothing():
    with stand_in() as it:
        override = {"containerOverrides": [{"name": "shard", "command": ["run", "other.js", "a b"]}]}
        one = it.start(0, overrides=override)
        two = it.start(0, overrides=None)
        it.stopped(one), it.stopped(two)
        assert "arguments: run other.js a b" in it.output(one)
        assert "arguments: run load.js" in it.output(two)
        assert it.task(two)["overrides"]["containerOverrides"] == [{"name": "shard"}]


def test_stopping_is_sigterm_to_the_first_process_and_then_sigkill_to_all():
    with stand_in() as it:
        polite = it.start(0, {"LASTS": "60000"}, tags=[{"key": "a", "value": "b"}])
        deaf = it.start(1, {"LASTS": "60000", "MODE": "deaf"})
        family = it.start(2, {"LASTS": "60000", "MODE": "family"})
        for arn in (polite, deaf, family):
            it.ready(arn)
        answer = it.ecs.stop_task(cluster="load", task=polite, reason="deadline")["task"]
        assert answer["desiredStatus"] == "STOPPED" and answer["stopCode"] == "UserInitiated"
        began = time.monotonic()
        for arn in (deaf, family):
            it.ecs.stop_task(cluster="load", task=arn[-32:])
        done = it.stopped(polite)
        assert done["stopCode"] == "UserInitiated" and done["stoppedReason"] == "deadline"
        assert done["containers"][0]["exitCode"] == 105 and "terminated" in it.output(polite)
        assert it.describe(polite, include=["TAGS"])["tasks"][0]["tags"] == []
        assert it.stopped(deaf)["containers"][0]["exitCode"] == 137
        assert time.monotonic() - began >= 2, "stopTimeout is 2 s"
        it.stopped(family)
        state = it.state()
        assert state["runningProcesses"] == 0 and len(state["stops"]) == 3
        assert state["stops"][0]["reason"] == "deadline" and state["stops"][0]["shard"] == 0
        # A stopped one is given as it is; its first reason stands.
        assert it.ecs.stop_task(cluster="load", task=polite, reason="again")["task"]["stoppedReason"] == "deadline"


def test_its_own_end_ends_all_tasks():
    for number in (signal.SIGTERM, signal.SIGINT):
        with stand_in() as it:
            for shard in range(3):
                it.ready(it.start(shard, {"LASTS": "60000", "MODE": ["deaf", "family", ""][shard]}))
            assert it.end(number) == 0


def test_the_same_token_is_the_same_task():
    with stand_in(faults=[{"fault": "capacity", "shard": 5, "launch": 1}]) as it:
        one = it.run(0, {"LASTS": "60000"}, clientToken="run.1.0.1")["tasks"][0]
        two = it.run(0, {"LASTS": "60000"}, clientToken="run.1.0.1")["tasks"][0]
        assert one["taskArn"] == two["taskArn"] and len(it.state()["tasks"]) == 1
        other = refused(lambda: it.run(0, {"LASTS": "1"}, clientToken="run.1.0.1"), "ConflictException")
        assert other["resourceIds"] == [one["taskArn"]], other
        assert it.run(0, clientToken="Run.1.0.1")["tasks"][0]["taskArn"] != one["taskArn"], "case counts"
        it.ecs.stop_task(cluster="load", task=one["taskArn"])
        it.stopped(one["taskArn"])
        brief = it.run(0, {"LASTS": "60000"}, clientToken="run.1.0.1")["tasks"][0]
        assert brief == {"taskArn": one["taskArn"], "lastStatus": "STOPPED", "desiredStatus": "STOPPED"}, brief
        # A failure is remembered as well; only another token tries again.
        for _ in range(2):
            answer = it.run(5, clientToken="run.1.5.1")
            assert answer["tasks"] == [] and "Capacity is unavailable" in answer["failures"][0]["reason"], answer
        assert it.run(5, clientToken="run.1.5.2")["tasks"]


def test_lists():
    with stand_in() as it:
        mine = [it.start(shard, {"LASTS": "60000"}, startedBy="mine") for shard in range(5)]
        other = it.start(5, {"LASTS": "60000"}, startedBy="other")
        listed = it.ecs.list_tasks(cluster="load", startedBy="mine")["taskArns"]
        assert sorted(listed) == sorted(mine)
        pages = list(it.ecs.get_paginator("list_tasks").paginate(cluster="load", startedBy="mine", PaginationConfig={"PageSize": 2}))
        assert [len(page["taskArns"]) for page in pages] == [2, 2, 1]
        assert sum((page["taskArns"] for page in pages), []) == listed
        it.ecs.stop_task(cluster="load", task=mine[0])
        assert mine[0] not in it.ecs.list_tasks(cluster="load", startedBy="mine")["taskArns"], "it is no longer to run"
        assert it.ecs.list_tasks(cluster="load", desiredStatus="STOPPED")["taskArns"] == [mine[0]]
        assert it.ecs.list_tasks(cluster="load", desiredStatus="PENDING")["taskArns"] == []
        assert other in it.ecs.list_tasks(cluster="load")["taskArns"]
        refused(lambda: it.ecs.list_tasks(cluster="load", nextToken="bm9uZQ=="), "InvalidParameterException", "token")
        refused(lambda: it.ecs.list_tasks(cluster="load", startedBy="a", desiredStatus="STOPPED"), "InvalidParameterException", "only filter")
        refused(lambda: it.ecs.list_tasks(cluster="load", startedBy="a", family="k6-shard"), "InvalidParameterException", "only filter")


def test_definitions_and_clusters():
    with stand_in() as it:
        ecs = it.ecs
        made = ecs.register_task_definition(**SMALL)["taskDefinition"]
        assert made["revision"] == 2 and made["taskDefinitionArn"].endswith(":task-definition/k6-shard:2")
        assert ecs.describe_task_definition(taskDefinition="k6-shard")["taskDefinition"]["revision"] == 2
        first = ecs.describe_task_definition(taskDefinition="k6-shard:1", include=["TAGS"])
        assert first["taskDefinition"]["containerDefinitions"] == DEFINITION["containerDefinitions"]
        assert first["tags"] == DEFINITION["tags"]
        assert it.run(0, taskDefinition=made["taskDefinitionArn"])["tasks"][0]["taskDefinitionArn"] == made["taskDefinitionArn"]
        assert it.run(0, taskDefinition="k6-shard")["tasks"][0]["taskDefinitionArn"] == made["taskDefinitionArn"]
        clusters = ecs.describe_clusters(clusters=["load", "bare", "none"])
        assert [x["capacityProviders"] for x in clusters["clusters"]] == [["FARGATE", "FARGATE_SPOT"], []]
        assert clusters["failures"][0]["reason"] == "MISSING"
        ecs.create_cluster(clusterName="spot", capacityProviders=["FARGATE_SPOT"],
                           defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}])
        task = it.run(0, cluster="spot", launchType=None)["tasks"][0]
        assert task["capacityProviderName"] == "FARGATE_SPOT" and task["launchType"] == "FARGATE"
        strategy = [{"capacityProvider": "FARGATE", "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]
        assert it.run(0, launchType=None, capacityProviderStrategy=strategy)["tasks"][0]["capacityProviderName"] == "FARGATE_SPOT"
        strategy[0]["base"] = 1
        assert it.run(0, launchType=None, capacityProviderStrategy=strategy)["tasks"][0]["capacityProviderName"] == "FARGATE"


def changed(container=None, **more):
    definition = {**SMALL, **more}
    if container:
        definition["containerDefinitions"] = [{**SMALL["containerDefinitions"][0], **container}]
    return {name: value for name, value in definition.items() if value is not None}


def test_what_registering_refuses():
    table = [
        (changed(networkMode="bridge"), "ClientException", "awsvpc"),
        (changed(cpu=None), "ClientException", "at the task level"),
        (changed(cpu="1024", memory="1024"), "ClientException", "No Fargate configuration"),
        (changed(cpu="8192", memory="17408"), "ClientException", "No Fargate configuration"),
        (changed(family="k6 shard"), "ClientException", "family"),
        (changed({"name": ""}), "ClientException", "name"),
        (changed({"stopTimeout": 121}), "InvalidParameterException", "2 to 120"),
        (changed({"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "a"}}}), "ClientException", "awslogs"),
        (changed({"secrets": [{"name": "A", "valueFrom": "b"}]}, executionRoleArn=None), "ClientException", "execution role"),
        (changed({"dependsOn": []}), "ClientException", "does not carry out"),
        (changed(containerDefinitions=SMALL["containerDefinitions"] * 2), "ClientException", "one container"),
        (changed(tags=[{"key": "aws:x", "value": ""}]), "InvalidParameterException", "aws:"),
    ]
    with stand_in() as it:
        for definition, code, text in table:
            refused(lambda: it.ecs.register_task_definition(**definition), code, text)


def variables(length):
    return {"containerOverrides": [{"name": "shard", "environment": [{"name": "A", "value": "x" * length}]}]}


def test_what_running_refuses():
    spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    table = [
        ({"count": 11}, "InvalidParameterException", "10"),
        ({"count": 0}, "InvalidParameterException", "1"),
        ({"capacityProviderStrategy": spot}, "InvalidParameterException", "both a launch type"),
        ({"cluster": "bare", "launchType": None, "capacityProviderStrategy": spot}, "InvalidParameterException", "not associated"),
        ({"launchType": None}, "InvalidParameterException", "No Container Instances"),
        ({"launchType": "EC2"}, "InvalidParameterException", "No Container Instances"),
        ({"launchType": None, "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 0}]}, "InvalidParameterException", "weight"),
        ({"launchType": None, "capacityProviderStrategy": [
            {"capacityProvider": "FARGATE", "weight": 1, "base": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 1}]},
         "InvalidParameterException", "base"),
        ({"networkConfiguration": None}, "InvalidParameterException", "Network Configuration"),
        ({"networkConfiguration": {"awsvpcConfiguration": {"subnets": []}}}, "InvalidParameterException", "subnets"),
        ({"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["here"]}}}, "InvalidParameterException", "subnet"),
        ({"networkConfiguration": {"awsvpcConfiguration": {**NETWORK["awsvpcConfiguration"], "securityGroups": ["sg-01234567"] * 6}}},
         "InvalidParameterException", "at most 5"),
        ({"startedBy": "run:1"}, "InvalidParameterException", "startedBy"),
        ({"startedBy": "x" * 129}, "InvalidParameterException", "startedBy"),
        ({"clientToken": "a b"}, "InvalidParameterException", "clientToken"),
        ({"clientToken": "x" * 65}, "InvalidParameterException", "clientToken"),
        ({"overrides": {"containerOverrides": [{"name": "k6"}]}}, "InvalidParameterException", "not a container"),
        ({"overrides": variables(8200)}, "InvalidParameterException", "8192"),
        ({"overrides": {"cpu": "256", "memory": "8192"}}, "InvalidParameterException", "No Fargate configuration"),
        ({"tags": [{"key": "aws:run", "value": "1"}]}, "InvalidParameterException", "aws:"),
        ({"tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]}, "InvalidParameterException", "Duplicate"),
        ({"tags": [{"key": "a", "value": "é{}"}]}, "InvalidParameterException", "Tag"),
        ({"tags": [{"key": "a", "value": "x" * 257}]}, "InvalidParameterException", "256"),
        ({"propagateTags": "SERVICE"}, "InvalidParameterException", "SERVICE"),
        ({"platformVersion": "9.9.9"}, "PlatformUnknownException", "9.9.9"),
        ({"taskDefinition": "k6-shard:9"}, "ClientException", "TaskDefinition not found"),
        ({"taskDefinition": "none"}, "ClientException", "TaskDefinition not found"),
        ({"cluster": "none"}, "ClusterNotFoundException", "Cluster not found"),
        ({"cluster": None}, "ClusterNotFoundException", "Cluster not found"),
        ({"launchType": "SPOT"}, "InvalidParameterException", "enum"),
    ]
    with stand_in() as it:
        for more, code, text in table:
            refused(lambda: it.run(0, **more), code, text)
        # The longest that may be: 8192 characters with JSON's own.
        frame = len(json.dumps(variables(0), separators=(",", ":")))
        refused(lambda: it.run(0, overrides=variables(8193 - frame)), "InvalidParameterException", "8192")
        assert it.run(0, overrides=variables(8192 - frame), clientToken="!~" * 32, startedBy="A/b_c-1" + "x" * 121, count=10)["tasks"]
        assert len(it.state()["tasks"]) == 10, "nothing else was started"


def test_what_the_other_calls_refuse():
    with stand_in() as it:
        ecs, gone = it.ecs, "0" * 32
        refused(lambda: ecs.stop_task(cluster="load", task=gone), "InvalidParameterException", "not found")
        refused(lambda: ecs.stop_task(cluster="load", task="x"), "InvalidParameterException", "taskId length")
        refused(lambda: ecs.describe_tasks(cluster="load", tasks=[]), "InvalidParameterException", "empty")
        refused(lambda: ecs.describe_tasks(cluster="load", tasks=[gone] * 101), "InvalidParameterException", "100")
        refused(lambda: ecs.describe_tasks(cluster="none", tasks=[gone]), "ClusterNotFoundException")
        refused(lambda: ecs.describe_task_definition(taskDefinition="none"), "ClientException")
        refused(lambda: ecs.create_cluster(clusterName="x", capacityProviders=["EC2_BIG"]), "InvalidParameterException")
        arn = it.start(0)
        elsewhere = arn.replace("task/load", "task/bare")
        refused(lambda: ecs.stop_task(cluster="load", task=elsewhere), "InvalidParameterException", "not found")
        answer = ecs.describe_tasks(cluster="load", tasks=[arn, gone, elsewhere])
        assert [x["taskArn"] for x in answer["tasks"]] == [arn]
        assert [x["reason"] for x in answer["failures"]] == ["MISSING", "MISSING"]
        assert answer["failures"][0]["arn"].endswith("/" + gone)
        # The task of another cluster is not known to this one.
        assert ecs.describe_tasks(cluster="bare", tasks=[arn])["failures"][0]["reason"] == "MISSING"


def raw(it, operation, body, **more):
    """A request that boto3 would not make, signed by botocore."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    headers = {"X-Amz-Target": f"AmazonEC2ContainerServiceV20141113.{operation}", "Content-Type": "application/x-amz-json-1.1", **more}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = AWSRequest("POST", it.address + "/", headers=headers, data=data)
    SigV4Auth(Credentials(KEY, SECRET), "ecs", "us-east-1").add_auth(request)
    return it.get(it.address + "/", headers=dict(request.headers.items()), body=data)


def test_what_is_no_request():
    with stand_in() as it:
        for body, code in [
            (b"{", "SerializationException"), ([], "SerializationException"),
            ({"taskDefinition": "a", "countt": 1}, "SerializationException"),
            ({"taskDefinition": "a", "count": "1"}, "SerializationException"),
            ({"taskDefinition": "a", "count": 1.5}, "SerializationException"),
            ({"taskDefinition": "a", "tags": None}, "SerializationException"),
            ({"taskDefinition": "a", "overrides": {"containerOverrides": [{"image": "b"}]}}, "SerializationException"),
            ({"cluster": "load"}, "ClientException"),
        ]:
            status, answer = raw(it, "RunTask", body)
            assert status == 400 and answer["__type"].split("#")[-1] == code, (body, answer)
        status, answer = raw(it, "UpdateService", {})
        assert status == 400 and answer["__type"].endswith("UnknownOperationException")
        status, answer = raw(it, "RunTask", {}, **{"Content-Type": "application/json"})
        assert status == 400 and answer["__type"].endswith("UnknownOperationException")
        assert it.get("/else")[0] == 404


def example(shape, depth=0):
    """A value of a shape of ECS's model, with every member."""
    if shape.type_name == "structure":
        return {name: example(member, depth + 1) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [example(shape.member, depth + 1)]
    if shape.type_name == "map":
        return {"a": example(shape.value, depth + 1)}
    if shape.type_name == "string":
        return shape.enum[0] if getattr(shape, "enum", None) else "a"
    return {"boolean": True}.get(shape.type_name, max(shape.metadata.get("min", 30), 30))


def test_no_member_of_ecs_own_model_is_unknown():
    with stand_in() as it:
        for operation in it.state().get("operations") or [
                "RegisterTaskDefinition", "DescribeTaskDefinition", "RunTask", "DescribeTasks", "StopTask", "ListTasks",
                "CreateCluster", "DescribeClusters"]:
            _, answer = raw(it, operation, example(model().operation_model(operation).input_shape))
            assert "SerializationException" not in answer.get("__type", ""), (operation, answer)


def test_the_record_conforms_to_ecs_own_model():
    with stand_in(faults=[{"fault": "capacity", "shard": 1}, {"fault": "cannot-pull", "shard": 2},
                          {"fault": "infrastructure-health", "shard": 3, "afterMilliseconds": 0}]) as it:
        tasks = [it.start(0, {"LASTS": "60000"}, tags=[{"key": "a", "value": "b"}], startedBy="a", clientToken="a", group="g")]
        it.run(1)
        tasks += [it.start(2), it.start(3), it.start(4, launchType=None, capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT"}])]
        it.ready(tasks[0])
        it.ecs.stop_task(cluster="load", task=tasks[0], reason="enough")
        for arn in tasks:
            it.stopped(arn)
        it.ecs.list_tasks(cluster="load", desiredStatus="STOPPED")
        it.ecs.register_task_definition(**DEFINITION)
        it.ecs.describe_task_definition(taskDefinition="k6-shard", include=["TAGS"])
        it.ecs.create_cluster(clusterName="more", tags=[{"key": "a", "value": "b"}])
        it.ecs.describe_clusters(clusters=["load", "none"], include=["TAGS"])
        counts = check_record(it.record())
        assert len(counts) == 8, counts


if __name__ == "__main__":
    main(dict(globals()))
