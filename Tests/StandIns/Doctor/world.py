"""Everything that a run on AWS needs, in moto, and beside it what is wrong in one way each. Prints the names as JSON.

One account, region eu-central-1. What is right: the bucket k6-grid-nights, the cluster load, the task definition k6-shard, the
subnet "nat", the security group "open", the log group /k6-grid, the image k6-grid:1, the secret staging, the topic "told".
"""

import json

import boto3

names = {}
ec2, ecs, iam, logs, ecr, s3, sns, secrets = (
    boto3.client(name) for name in ("ec2", "ecs", "iam", "logs", "ecr", "s3", "sns", "secretsmanager")
)
region = s3.meta.region_name


def buckets():
    s3.create_bucket(Bucket="k6-grid-nights", CreateBucketConfiguration={"LocationConstraint": region})
    far = boto3.client("s3", region_name="eu-west-1")
    far.create_bucket(Bucket="k6-grid-elsewhere", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="k6-grid-nights", Key="damaged/history.csv", Body=b"run;verdict\n1;pass\n")
    s3.put_object(Bucket="k6-grid-nights", Key="taken/active.json", Body=json.dumps({
        "run": "2026-11-25", "nonce": "x", "suite": "checkout", "counter": 3, "dead_man_seconds": 60,
    }).encode())


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": actions, "Resource": resource} for actions, resource in statements
    ]})


def role(name, service, *statements):
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy(*statements))
    return arn


def roles():
    bucket = "arn:aws:s3:::k6-grid-nights"
    objects = (["s3:GetObject", "s3:PutObject"], f"{bucket}/*")
    secret = ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:secret:staging-*")
    log = (["logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:*:*:log-group:/k6-grid:*")
    pull = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]
    image = ((pull, "arn:aws:ecr:*:*:repository/k6-grid"), ("ecr:GetAuthorizationToken", "*"))
    tasks = "ecs-tasks.amazonaws.com"
    names["task"] = role("k6-shard-task", tasks, objects, ("s3:ListBucket", bucket), secret)
    names["task_poor"] = role("k6-shard-task-poor", tasks, objects, secret)
    names["execution"] = role("k6-shard-execution", tasks, log, *image)
    names["execution_poor"] = role("k6-shard-execution-poor", tasks, log)
    names["untrusted"] = role("k6-shard-untrusted", "ec2.amazonaws.com", objects)


def user(name, *statements):
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=policy(*statements))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    names[f"user_{name}"] = [key["AccessKeyId"], key["SecretAccessKey"]]


def users():
    """Whoever may look at everything, and lacks one thing that a run needs; and who may look at nothing of ECS."""
    look = (["ec2:*", "iam:*", "s3:*", "sns:*", "logs:*", "ecr:*", "servicequotas:*", "secretsmanager:*", "cloudwatch:*"],
            "*")
    user("no_pass", (["ec2:*", "iam:Get*", "iam:Simulate*", "s3:*", "logs:*", "ecr:*", "servicequotas:*", "ecs:*"], "*"))
    user("no_launch", look, (["ecs:Describe*", "ecs:ListTasks"], "*"))
    user("no_write", (["iam:*", "ecs:*", "ec2:*"], "*"), (["s3:GetObject", "s3:ListBucket"], "*"))
    user("no_list", (["iam:*", "ecs:*", "ec2:*"], "*"), (["s3:GetObject", "s3:PutObject"], "*"))
    user("no_publish", (["iam:*", "ecs:*", "s3:*", "sns:GetTopicAttributes"], "*"))
    user("blind", (["s3:*", "ecs:RunTask"], "*"))


def network():
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    other = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)

    def subnet(name, number, vpc=vpc, net="10.0", **route):
        made = ec2.create_subnet(VpcId=vpc, CidrBlock=f"{net}.{number}.0/24")["Subnet"]["SubnetId"]
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=made)
        if route:
            ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **route)
        names[f"subnet_{name}"] = made
        return made

    public = subnet("public", 1, GatewayId=gateway)
    nat = ec2.create_nat_gateway(SubnetId=public, ConnectivityType="public")["NatGateway"]["NatGatewayId"]
    subnet("nat", 2, NatGatewayId=nat)
    subnet("closed", 3)
    inner = subnet("inner", 1, vpc=other, net="10.1")
    for service in ("s3", "ecr.api", "ecr.dkr", "logs", "secretsmanager"):
        ec2.create_vpc_endpoint(
            VpcId=other, ServiceName=f"com.amazonaws.{region}.{service}", SubnetIds=[inner], VpcEndpointType="Interface")

    def group(name, vpc, *ports):
        made = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        everything = ec2.describe_security_groups(GroupIds=[made])["SecurityGroups"][0]["IpPermissionsEgress"]
        if ports:
            ec2.revoke_security_group_egress(GroupId=made, IpPermissions=everything)
            ec2.authorize_security_group_egress(GroupId=made, IpPermissions=[
                {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
                for port in ports])
        names[f"group_{name}"] = made

    group("open", vpc)
    group("shut", vpc, 53)
    group("foreign", other)


def images():
    ecr.create_repository(repositoryName="k6-grid")
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 1, "digest": "sha256:" + "0" * 64},
        "layers": [],
    }
    ecr.put_image(repositoryName="k6-grid", imageManifest=json.dumps(manifest), imageTag="1")


def definitions():
    image = f"123456789012.dkr.ecr.{region}.amazonaws.com/k6-grid"
    usual = {"awslogs-group": "/k6-grid", "awslogs-region": region, "awslogs-stream-prefix": "shard",
             "mode": "non-blocking", "max-buffer-size": "25m"}

    def register(family, tag=":1", log=None, container="shard", stop=120, **changes):
        definition = {
            "family": family, "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "2048",
            "memory": "4096", "taskRoleArn": names["task"], "executionRoleArn": names["execution"],
        } | changes
        made = {"name": container, "image": tag if "/" in tag else image + tag, "memory": 4096, "stopTimeout": stop}
        options = {key: value for key, value in (usual | (log or {})).items() if value}
        made["logConfiguration"] = {"logDriver": "awslogs", "options": options}
        given = {key: value for key, value in definition.items() if value is not None}
        return ecs.register_task_definition(containerDefinitions=[made], **given)["taskDefinition"]["taskDefinitionArn"]

    register("k6-shard")
    ecs.deregister_task_definition(taskDefinition=register("gone"))
    register("other-container", container="agent")
    register("bridge", networkMode="bridge", requiresCompatibilities=["EC2"])
    register("odd-size", memory="2048")
    register("hasty", stop=30)
    register("no-image", tag=":2")
    register("hub-image", tag="docker.io/acme/k6-grid:1")
    register("no-execution-role", executionRoleArn=None)
    register("poor-execution-role", executionRoleArn=names["execution_poor"])
    register("lost-task-role", taskRoleArn="arn:aws:iam::123456789012:role/lost")
    register("untrusted-task-role", taskRoleArn=names["untrusted"])
    register("poor-task-role", taskRoleArn=names["task_poor"])
    register("no-log-group", log={"awslogs-group": "/lost"})
    register("no-log-mode", log={"mode": None})
    register("no-log-prefix", log={"awslogs-stream-prefix": None})
    register("foreign-role", taskRoleArn="arn:aws:iam::210987654321:role/k6-shard-task")


def rest():
    ecs.create_cluster(clusterName="load", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    ecs.create_cluster(clusterName="plain")
    ecs.create_cluster(clusterName="ended")
    ecs.delete_cluster(cluster="ended")
    logs.create_log_group(logGroupName="/k6-grid")
    secrets.create_secret(Name="staging", SecretString='{"TOKEN": "x"}')
    secrets.create_secret(Name="deleted", SecretString="x")
    secrets.delete_secret(SecretId="deleted")
    for name in ("told", "untold", "unconfirmed"):
        names[f"topic_{name}"] = sns.create_topic(Name=name)["TopicArn"]
    queue = f"arn:aws:sqs:{region}:123456789012:mails"
    sns.subscribe(TopicArn=names["topic_told"], Protocol="sqs", Endpoint=queue)
    sns.subscribe(TopicArn=names["topic_unconfirmed"], Protocol="email", Endpoint="load@acme.example")


for step in (buckets, roles, users, network, images, definitions, rest):
    step()
print(json.dumps(names))
