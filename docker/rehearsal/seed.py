"""What the rehearsal finds in its AWS: a bucket and a secret. May be run again."""

import boto3

s3 = boto3.client("s3")
if "k6-grid" not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
    region = {"LocationConstraint": s3.meta.region_name}
    s3.create_bucket(Bucket="k6-grid", CreateBucketConfiguration=region)

secrets = boto3.client("secretsmanager")
if "rehearsal/staging" not in [secret["Name"] for secret in secrets.list_secrets()["SecretList"]]:
    secrets.create_secret(Name="rehearsal/staging", SecretString='{"API_TOKEN": "rehearsal-token"}')
