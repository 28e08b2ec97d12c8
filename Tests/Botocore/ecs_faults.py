"""What goes wrong on purpose, and when."""
import json
import time

from stand_in import eventually, main, refused, stand_in

import botocore.exceptions


def stops(it, arn):
    """A stopped task's code, reason, exit code and container's reason."""
    task = it.stopped(arn)
    container = task["containers"][0]
    return task["stopCode"], task["stoppedReason"], container.get("exitCode"), container.get("reason")


def happened(it):
    return {fault["fault"]: fault["happened"] for fault in it.state()["faults"]}


def test_capacity_comes_as_an_answer():
    with stand_in(faults=[{"fault": "capacity", "shard": 0, "launch": 1},
                          {"fault": "capacity", "shard": 1, "reason": "RESOURCE:CPU", "detail": "why"}]) as it:
        answer = it.run(0)
        assert answer["tasks"] == [] and answer["failures"][0]["reason"].startswith("Capacity is unavailable at this time")
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
        assert it.run(0)["tasks"], "the second launch goes well"
        for _ in range(2):
            assert it.run(1)["failures"] == [{"reason": "RESOURCE:CPU", "detail": "why"}]
        assert it.run(2)["tasks"]


def test_calls_are_refused_by_their_number():
    faults = [{"fault": "throttle", "operation": "RunTask", "calls": [2], "shard": 0},
              {"fault": "server-error", "operation": "DescribeTasks", "calls": [1, 3]},
              {"fault": "error", "operation": "ListTasks", "code": "BlockedException", "message": "blocked", "calls": [1]}]
    with stand_in(faults=faults) as it:
        it.run(1)
        arn = it.start(0)
        it.run(1)
        refused(lambda: it.run(0), "ThrottlingException", "Rate exceeded")
        assert it.run(0)["tasks"]
        error = refused(lambda: it.task(arn), "ServerException")
        assert error["ResponseMetadata"]["HTTPStatusCode"] == 500
        it.task(arn)
        refused(lambda: it.task(arn), "ServerException")
        it.task(arn)
        refused(lambda: it.ecs.list_tasks(cluster="load"), "BlockedException", "blocked")
        it.ecs.list_tasks(cluster="load")
        state = it.state()
        assert state["throttles"] == {"RunTask": 1} and state["calls"]["DescribeTasks"] == 4, state


def test_an_answer_that_does_not_arrive():
    faults = [{"fault": "cut", "operation": "RunTask", "shard": 0, "calls": [1]},
              {"fault": "hang", "operation": "RunTask", "shard": 1, "calls": [1], "milliseconds": 1500}]
    with stand_in(faults=faults) as it:
        try:
            it.run(0, clientToken="cut")
            raise AssertionError("it was answered")
        except botocore.exceptions.ConnectionClosedError:
            pass
        try:
            it.run(1, clientToken="hang", client=it.client(timeout=0.5))
            raise AssertionError("it was answered")
        except botocore.exceptions.ReadTimeoutError:
            pass
        assert len(it.state()["tasks"]) == 2, "both were carried out"
        answers = [it.run(shard, clientToken=token)["tasks"][0]["taskArn"] for shard, token in ((0, "cut"), (1, "hang"))]
        assert answers == [task["taskArn"] for task in it.state()["tasks"]], "the same token finds the same task"
        assert [entry["delivered"] for entry in it.record() if entry["operation"] == "RunTask"].count(False) == 1
        # boto3's own retry, with the token that it makes itself.
        it.set_faults({"fault": "cut", "operation": "RunTask", "shard": 2, "calls": [1]})
        assert it.run(2, client=it.client(attempts=3))["tasks"]
        assert len(it.state()["tasks"]) == 3


def test_named_refusals_of_a_launch():
    faults = [{"fault": "pass-role-denied", "shard": 0, "launch": 1}, {"fault": "cluster-not-found", "shard": 1, "launch": 1},
              {"fault": "inactive-task-definition", "shard": 2, "launch": 1}, {"fault": "conflict", "shard": 3, "launch": 2}]
    with stand_in(faults=faults) as it:
        refused(lambda: it.run(0), "AccessDeniedException", "is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/task")
        refused(lambda: it.run(1), "ClusterNotFoundException")
        refused(lambda: it.run(2), "ClientException", "TaskDefinition is inactive")
        for shard in range(3):
            assert it.run(shard)["tasks"]
        arn = it.start(3)
        assert refused(lambda: it.run(3), "ConflictException")["resourceIds"] == [arn]


def test_a_task_that_is_not_yet_visible():
    with stand_in(faults=[{"fault": "not-yet-visible", "shard": 0, "milliseconds": 2000}]) as it:
        arn = it.start(0, {"LASTS": "60000"}, startedBy="a")
        assert it.describe(arn)["failures"] == [{"arn": arn, "reason": "MISSING"}]
        assert it.ecs.list_tasks(cluster="load", startedBy="a")["taskArns"] == []
        eventually(lambda: it.describe(arn)["tasks"], "it becomes visible")
        assert it.ecs.list_tasks(cluster="load", startedBy="a")["taskArns"] == [arn]


def test_a_task_that_never_starts():
    faults = [{"fault": "never-starts", "shard": shard, "state": state} for shard, state in enumerate(["PROVISIONING", "PENDING"])]
    with stand_in(faults=faults) as it:
        arns = [it.start(0), it.start(1)]
        it.stopped(it.start(2))
        assert [it.task(arn)["lastStatus"] for arn in arns] == ["PROVISIONING", "PENDING"]
        for arn in arns:
            it.ecs.stop_task(cluster="load", task=arn, reason="too long")
            assert stops(it, arn) == ("UserInitiated", "too long", None, None)
            assert "startedAt" not in it.task(arn) and not it.output(arn)


def test_a_container_that_cannot_start():
    faults = [{"fault": "cannot-pull", "shard": 0}, {"fault": "resource-initialization", "shard": 1},
              {"fault": "cannot-pull", "shard": 2, "reason": "CannotPullContainerError: toomanyrequests"}]
    with stand_in(faults=faults) as it:
        for shard, text in ((0, "CannotPullContainerError: "), (1, "ResourceInitializationError: "), (2, "CannotPullContainerError: toomanyrequests")):
            code, reason, exit_code, container = stops(it, it.start(shard))
            assert (code, exit_code) == ("TaskFailedToStart", None) and reason.startswith(text) and container == reason
        assert happened(it) == {"cannot-pull": 1, "resource-initialization": 1}
        # Not told: no such program, no such secret.
        definition = {"family": "odd", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
                      "executionRoleArn": "arn:aws:iam::123456789012:role/execution"}
        for container, text in (({"entryPoint": ["/none"]}, "CannotStartContainerError"),
                                ({"secrets": [{"name": "A", "valueFrom": "arn:none"}]}, "ResourceInitializationError")):
            it.ecs.register_task_definition(containerDefinitions=[{"name": "shard", "image": "a", **container}], **definition)
            code, reason, exit_code, _ = stops(it, it.start(9, taskDefinition="odd"))
            assert (code, exit_code) == ("TaskFailedToStart", None) and text in reason, reason


def test_ends_at_a_moment():
    faults = [{"fault": "out-of-memory", "shard": 0, "launch": 1, "afterMilliseconds": 1500},
              {"fault": "user-stop", "shard": 1, "afterMilliseconds": 1500, "reason": "by Ann"},
              {"fault": "termination-notice", "shard": 2, "afterMilliseconds": 1500},
              {"fault": "infrastructure-health", "shard": 3, "afterMilliseconds": 1500},
              {"fault": "spot-interruption", "shard": 4, "afterMilliseconds": 1500},
              {"fault": "spot-interruption", "shard": 5, "afterMilliseconds": 0}]
    spot = {"launchType": None, "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]}
    with stand_in(faults=faults) as it:
        long = {"LASTS": "60000"}
        arns = [it.start(shard, long) for shard in range(4)] + [it.start(4, {**long, "MODE": "deaf"}, **spot), it.start(5, long)]
        expected = [("EssentialContainerExited", "Essential container in task exited", 137, "OutOfMemoryError: Container killed due to memory usage"),
                    ("UserInitiated", "by Ann", 105, None),
                    ("TerminationNotice", "Task stopped due to host retirement.", 105, None),
                    ("InfrastructureHealth", "The infrastructure of the task was found unhealthy.", 105, None),
                    ("SpotInterruption", "Your Spot Task was interrupted.", 137, None)]
        for arn, what in zip(arns, expected):
            assert stops(it, arn) == what, (stops(it, arn), what)
        # On Demand is never reclaimed; the state says that the fault could not happen.
        assert it.task(arns[5])["lastStatus"] == "RUNNING"
        assert "not on FARGATE_SPOT" in it.state()["faults"][5]["note"] and it.state()["faults"][5]["happened"] == 0


def test_a_moment_told_while_it_runs():
    with stand_in() as it:
        arn = it.start(0, {"LASTS": "60000"})
        it.ready(arn)
        flag = str(it.folder / "flag")
        it.set_faults({"fault": "user-stop", "shard": 0, "launch": 1, "whenFile": flag})
        time.sleep(0.2)
        assert it.task(arn)["lastStatus"] == "RUNNING"
        open(flag, "w").close()
        assert stops(it, arn)[0] == "UserInitiated"


def test_a_task_that_is_lost_and_one_that_ages_out():
    faults = [{"fault": "lost", "shard": 0, "launch": 1, "afterMilliseconds": 200}, {"fault": "aged-out", "shard": 1, "milliseconds": 200}]
    with stand_in(faults=faults) as it:
        lost = it.start(0, {"LASTS": "60000"}, clientToken="lost", startedBy="a")
        aged = it.start(1, clientToken="aged")
        for arn in (lost, aged):
            eventually(lambda: it.describe(arn)["failures"], "it is MISSING")
        assert it.ecs.list_tasks(cluster="load", startedBy="a")["taskArns"] == []
        refused(lambda: it.ecs.stop_task(cluster="load", task=lost), "InvalidParameterException", "not found")
        eventually(lambda: it.state()["runningProcesses"] == 0, "the lost one's process is gone")
        # Its token is remembered; that of the one that aged out is forgotten with it.
        assert it.run(0, {"LASTS": "60000"}, clientToken="lost", startedBy="a")["tasks"][0]["taskArn"] == lost
        assert it.run(1, clientToken="aged")["tasks"][0]["taskArn"] != aged


def test_a_stop_that_takes_its_time():
    with stand_in(faults=[{"fault": "slow-stop", "shard": 0, "milliseconds": 1000}]) as it:
        arn = it.start(0, {"LASTS": "60000"})
        it.ready(arn)
        it.ecs.stop_task(cluster="load", task=arn)
        began = time.monotonic()
        task = it.task(arn)
        assert (task["lastStatus"], task["desiredStatus"]) == ("RUNNING", "STOPPED")
        assert stops(it, arn)[2] == 105 and time.monotonic() - began > 0.9


def test_a_fault_that_could_never_happen_is_refused():
    table = [
        ({}, "an object with the member 'fault'"), ({"fault": "none"}, "there is no fault 'none'"),
        ({"fault": "throttle"}, "'operation' is missing"),
        ({"fault": "throttle", "operation": "RunTusk"}, "no operation 'RunTusk'"),
        ({"fault": "throttle", "operation": "RunTask", "calls": [0]}, "'calls'"),
        ({"fault": "throttle", "operation": "RunTask", "calls": []}, "'calls'"),
        ({"fault": "throttle", "operation": "StopTask", "shard": 0}, "belongs to no shard"),
        ({"fault": "throttle", "operation": "RunTask", "launch": 1}, "no member 'launch'"),
        ({"fault": "hang", "operation": "RunTask"}, "'milliseconds' is missing"),
        ({"fault": "hang", "operation": "RunTask", "milliseconds": -1}, "'milliseconds'"),
        ({"fault": "error", "operation": "RunTask", "code": "A", "status": 200}, "'status'"),
        ({"fault": "capacity", "shard": -1}, "'shard'"), ({"fault": "capacity", "launch": 0}, "'launch'"),
        ({"fault": "capacity", "reason": ""}, "'reason'"),
        ({"fault": "never-starts", "state": "RUNNING"}, "'state'"),
        ({"fault": "lost"}, "either 'afterMilliseconds' or 'whenFile'"),
        ({"fault": "lost", "afterMilliseconds": 1, "whenFile": "/a"}, "either 'afterMilliseconds' or 'whenFile'"),
        ({"fault": "lost", "whenFile": "a"}, "absolute"),
        ({"fault": "clock-drift"}, "it needs"), ({"fault": "clock-drift", "synchronization": "MAYBE"}, "'synchronization'"),
    ]
    with stand_in() as it:
        for fault, text in table:
            status, answer = it.get("/_faults", body=json.dumps([fault]).encode())
            assert status == 400 and text in answer["message"], (fault, answer)
        assert it.get("/_faults", body=b"{}")[0] == 400 and it.get("/_faults", body=b"[")[0] == 400
        assert it.state()["faults"] == []
        # Too late: that launch has been.
        arn = it.start(0)
        assert "has been" in it.get("/_faults", body=b'[{"fault":"capacity","shard":0,"launch":1}]')[1]["message"]
        it.stopped(arn)
        assert "has been" in it.get("/_faults", body=b'[{"fault":"lost","shard":0,"launch":1,"afterMilliseconds":0}]')[1]["message"]
    for arguments, text in ((["--faults", "/none"], "none"), (["--key", "a"], "--key"), (["--credentials-from", "a"], "--credentials-from"),
                            (["--cluster", "x=EC2"], "EC2"), (["--state-delay", "-1"], "--state-delay")):
        with stand_in(*arguments, start=False) as it:
            assert it.process.wait(timeout=20) == 64 and text in it.process.stderr.read(), arguments


if __name__ == "__main__":
    main(dict(globals()))
