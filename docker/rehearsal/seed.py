"""What a rehearsal finds in its AWS: a bucket, a secret, a topic, and a queue that hears it. May be run again."""

import boto3

s3 = boto3.client("s3")
if "k6-grid" not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
    region = {"LocationConstraint": s3.meta.region_name}
    s3.create_bucket(Bucket="k6-grid", CreateBucketConfiguration=region)
    s3.put_bucket_versioning(Bucket="k6-grid", VersioningConfiguration={"Status": "Enabled"})

secrets = boto3.client("secretsmanager")
if "rehearsal/staging" not in [secret["Name"] for secret in secrets.list_secrets()["SecretList"]]:
    secrets.create_secret(Name="rehearsal/staging", SecretString='{"API_TOKEN": "rehearsal-token"}')

# These give what is there already.
topic = boto3.client("sns").create_topic(Name="load-test")["TopicArn"]
queue = boto3.client("sqs").create_queue(QueueName="load-test")["QueueUrl"]
if not boto3.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
    arn = topic.replace(":sns:", ":sqs:")
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
