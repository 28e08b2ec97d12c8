"""moto on a free port of loopback, with its signature checks on, ended by the end of its standard input.

The first line on standard output is JSON: the address, and the keys of a user who may do everything. After that every
line of standard input is a call of boto3's as {"service", "call", "with"}, answered by one line: {"ok"} or {"error"}.

Changed against moto as it is:
- Signatures are checked on the request as it came over the wire. moto builds it anew from decoded text, and so refuses right
  signatures of keys, queries and forms with escapes (prefix=a%2F, a space as %20).
- x-amz-content-sha256 must be the body's. moto believes it.
- AssumeRoleWithWebIdentity needs no signature, as with AWS.
- A mark of deletion can itself be deleted.
- Requests are carried out one after the other, so that conditional writes are atomic.
- IAM's SimulatePrincipalPolicy reckons with the policies of users and roles; moto has none.
- A topic counts its subscriptions: those of a queue are confirmed, those of e-mail pending.
- Service Quotas knows Fargate's two vCPU quotas, 64 each; moto knows those of VPCs alone.
- A budget's subscribers and tags can be read.
"""

import fnmatch
import hashlib
import io
import json
import logging
import sys
import threading

import boto3
from botocore.config import Config
from flask import request
from moto import settings
from moto.budgets.responses import BudgetsResponse
from moto.core.authorization import ActionAuthenticatorMixin
from moto.iam import access_control
from moto.iam.models import iam_backends
from moto.iam.responses import IamResponse
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import FakeDeleteMarker
from moto.servicequotas.models import ServiceQuotasBackend
from moto.sns.models import SNSBackend
from werkzeug.serving import WSGIRequestHandler, make_server

REGION = "eu-central-1"


def check_as_sent():
    create = access_control.IAMRequestBase._create_aws_request
    check = access_control.IAMRequestBase.check_signature

    def create_as_sent(self):
        self._path = "http://any" + request.environ["RAW_URI"]
        self._body = request.environ["grid.body"] or self._body
        return create(self)

    def check_with_body(self):
        claimed = self._headers.get("x-amz-content-sha256")
        if claimed and claimed != request.environ["grid.body_sha256"]:
            self._raise_signature_does_not_match()
        check(self)

    access_control.IAMRequestBase._create_aws_request = create_as_sent
    access_control.IAMRequestBase.check_signature = check_with_body

    authenticate = ActionAuthenticatorMixin._authenticate_and_authorize_action

    def authenticate_signed(self, kind, resource="*"):
        if "Authorization" not in self.headers and self._get_action() == "AssumeRoleWithWebIdentity":
            return
        authenticate(self, kind, resource)

    ActionAuthenticatorMixin._authenticate_and_authorize_action = authenticate_signed


def listed(value):
    return value if isinstance(value, list) else [value]


def documents(arn):
    """The policies of a user or a role."""
    backend = iam_backends[arn.split(":")[4]]["aws"]
    name = arn.split("/")[-1]
    if ":role/" in arn:
        holder = backend.get_role(name)
        inline = holder.policies.values()
    else:
        holder = backend.get_user(name)
        inline = holder.policies.values()
    found = list(inline) + [policy.document for policy in holder.managed_policies.values()]
    return [json.loads(policy) if isinstance(policy, str) else policy for policy in found]


def applies(statement, action, resource, context):
    def matches(patterns, text):
        return any(fnmatch.fnmatchcase(text.lower(), pattern.lower()) for pattern in listed(patterns))

    if not matches(statement.get("Action", []), action) or not matches(statement.get("Resource", []), resource):
        return False
    # Every operator that the project's policies use compares texts.
    return all(
        key in context and matches(values, context[key])
        for operator in statement.get("Condition", {}).values()
        for key, values in operator.items()
    )


def decision(arn, action, resource, context):
    effects = {
        statement["Effect"]
        for document in documents(arn)
        for statement in listed(document["Statement"])
        if applies(statement, action, resource, context)
    }
    return "explicitDeny" if "Deny" in effects else "allowed" if effects else "implicitDeny"


def simulate_principal_policy(self):
    def members(prefix):
        values, number = [], 1
        while (value := self.querystring.get(f"{prefix}.member.{number}")) is not None:
            values.append(value[0])
            number += 1
        return values

    get = lambda name: self.querystring[name][0]
    context, number = {}, 1
    while f"ContextEntries.member.{number}.ContextKeyName" in self.querystring:
        entry = f"ContextEntries.member.{number}"
        context[get(f"{entry}.ContextKeyName")] = get(f"{entry}.ContextKeyValues.member.1")
        number += 1
    resource = (members("ResourceArns") or ["*"])[0]
    results = "".join(
        f"<member><EvalActionName>{action}</EvalActionName><EvalResourceName>{resource}</EvalResourceName>"
        f"<EvalDecision>{decision(get('PolicySourceArn'), action, resource, context)}</EvalDecision></member>"
        for action in members("ActionNames")
    )
    name = "SimulatePrincipalPolicy"
    return (
        f'<{name}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{name}Result><IsTruncated>false'
        f"</IsTruncated><EvaluationResults>{results}</EvaluationResults></{name}Result></{name}Response>"
    )


def know_more():
    IamResponse.simulate_principal_policy = simulate_principal_policy
    usual = ServiceQuotasBackend.get_service_quota

    def get_service_quota(self, service_code, quota_code):
        if service_code == "fargate" and quota_code in ("L-3032A538", "L-36FBB829"):
            return {"ServiceCode": service_code, "QuotaCode": quota_code, "Value": 64.0}
        return usual(self, service_code, quota_code)

    ServiceQuotasBackend.get_service_quota = get_service_quota
    subscribe = SNSBackend.subscribe

    def subscribe_and_count(self, topic_arn, endpoint, protocol):
        subscription = subscribe(self, topic_arn, endpoint, protocol)
        topic = self.get_topic(topic_arn)
        count = "subscriptions_pending" if protocol in ("email", "email-json", "http", "https") else "subscriptions_confimed"
        setattr(topic, count, getattr(topic, count) + 1)
        return subscription

    SNSBackend.subscribe = subscribe_and_count


def remember_budgets():
    create = BudgetsResponse.create_budget

    def create_with_tags(self):
        answer = create(self)
        name = self._get_param("Budget")["BudgetName"]
        budget = self.backend.budgets[self._get_param("AccountId")][name]
        budget.tags = self._get_param("ResourceTags", [])
        return answer

    def describe_subscribers_for_notification(self):
        budget = self.backend.budgets[self._get_param("AccountId")][self._get_param("BudgetName")]
        asked = self._get_param("Notification")
        told = [notification.subscribers for notification in budget.notifications if notification.details == asked]
        return json.dumps({"Subscribers": told[0]})

    def list_tags_for_resource(self):
        arn = self._get_param("ResourceARN").split(":", 5)
        budget = self.backend.budgets[arn[4]][arn[5].removeprefix("budget/")]
        return json.dumps({"ResourceTags": budget.tags})

    BudgetsResponse.create_budget = create_with_tags
    BudgetsResponse.describe_subscribers_for_notification = describe_subscribers_for_notification
    BudgetsResponse.list_tags_for_resource = list_tags_for_resource


def one_at_a_time(app):
    lock = threading.Lock()

    def call(environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        environ["grid.body"] = body
        environ["grid.body_sha256"] = hashlib.sha256(body).hexdigest()
        with lock:
            return app(environ, start_response)

    return call


def user(client):
    client.create_user(UserName="grid")
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    client.put_user_policy(UserName="grid", PolicyName="all", PolicyDocument=json.dumps(allow))
    return client.create_access_key(UserName="grid")["AccessKey"]


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    WSGIRequestHandler.protocol_version = "HTTP/1.1"
    check_as_sent()
    know_more()
    remember_budgets()
    FakeDeleteMarker.dispose = lambda marker: None
    app = one_at_a_time(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.port}"

    def client(service, key="any", secret="any"):
        return boto3.client(
            service, region_name=REGION, endpoint_url=address, aws_access_key_id=key, aws_secret_access_key=secret,
            config=Config(proxies={}),
        )

    key = user(client("iam"))
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    names = {"endpoint": address, "access_key": key["AccessKeyId"], "secret_key": key["SecretAccessKey"]}
    print(json.dumps(names | {"region": REGION}), flush=True)
    clients = {}
    for line in sys.stdin:
        command = json.loads(line)
        try:
            service = command["service"]
            if service not in clients:
                clients[service] = client(service, key["AccessKeyId"], key["SecretAccessKey"])
            answer = getattr(clients[service], command["call"])(**command["with"])
            if "Body" in answer:
                answer["Body"] = answer["Body"].read().decode()
            print(json.dumps({"ok": answer}, default=str), flush=True)
        except Exception as error:  # whatever it is, the test is told
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)


main()
