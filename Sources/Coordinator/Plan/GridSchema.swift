/// The JSON Schema of `grid.yml` (draft 7, which editors know), as docs/grid.schema.json has it; docs/reference.md is made out of it.
/// A test holds it against the reader: every name, every list of words, every default.
enum GridSchema {
  static let text = #"""
    {
      "$schema": "http://json-schema.org/draft-07/schema#",
      "title": "grid.yml of k6-grid",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "suite": {"description": "Which test this is, over the nights: 1 to 255 letters, digits, - _ and .", "default": "default", "type": "string", "pattern": "^[A-Za-z0-9._-]{1,255}$"},
        "shards": {"description": "How many share the load; auto: as many as every scenario has VUs for, at most 10.", "default": 1, "anyOf": [{"type": "integer", "minimum": 1, "maximum": 10000}, {"const": "auto"}]},
        "script": {"description": "The k6 script: a path from the current folder; or, not on this machine, image:///path in the tasks' image or s3://bucket/key.", "type": "string"},
        "bundle": {"description": "A folder that is sent with the script to shards elsewhere; else the script's own.", "type": "string"},
        "store": {"description": "Where everything is kept: file:///folder or s3://bucket/prefix; else ./out.", "type": "string", "pattern": "^(file:///|s3://)."},
        "env": {"description": "Variables for the script, on top of the coordinator's own environment.", "type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
        "k6_options": {"description": "Options for k6 itself, as behind --; they describe the whole load.", "$ref": "#/definitions/texts"},
        "generator": {
          "description": "When a generator counts as out of breath: above these shares of 1, or off.", "type": "object", "additionalProperties": false,
          "properties": {
            "cpu": {"description": "Of the CPU that k6 and its agent may use, over the load or its worst ten seconds.", "default": 0.8, "$ref": "#/definitions/share"},
            "throttled": {"description": "Of the load's time, in which the container's CPU limit held it up.", "default": 0.05, "$ref": "#/definitions/share"},
            "run_delay": {"description": "Of the time in which k6's threads wanted a CPU, waiting for one, and for more than 0.5 ms each time.", "default": 0.4, "$ref": "#/definitions/share"},
            "dropped_iterations": {"description": "Of the iterations that were due, not begun.", "default": "off", "$ref": "#/definitions/share"}
          }
        },
        "lean": {"description": "k6 keeps no samples, so that its memory stays flat.", "type": "boolean"},
        "setup": {"description": "Who runs setup() and teardown(): shard 0 for all, or every shard its own.", "default": "once", "enum": ["once", "per-shard"]},
        "max_duration": {"description": "How long the whole run may take, from its beginning; then all shards are stopped. Else what k6 allows.", "$ref": "#/definitions/duration"},
        "dead_man": {"description": "After this long without a sign of the coordinator a shard stops by itself: 2s to 24h.", "default": "60s", "$ref": "#/definitions/duration"},
        "ecs": {"description": "Shards as tasks of Fargate.", "$ref": "#/definitions/ecs"},
        "release": {"description": "What was shipped with the commit, as v2.41: a mark on the page. Else the tag, where the workflow runs for one.", "type": "string"},
        "trend": {
          "description": "How a run is held against the nights before it.", "type": "object", "additionalProperties": false,
          "properties": {
            "branch": {"description": "Whose runs are the nights: else the repository's default branch in a job of GitHub Actions, elsewhere any.", "type": "string"},
            "profile": {"description": "With which nights a run is compared: those of the same name. Else of the same script, load and number of shards.", "type": "string"},
            "sensitivity": {"description": "How soon a night is degraded.", "default": "normal", "enum": ["quiet", "normal", "keen"]}
          }
        },
        "report": {
          "description": "The trend page.", "type": "object", "additionalProperties": false,
          "properties": {
            "url": {"description": "Where the page will be found, for links to it.", "$ref": "#/definitions/address"},
            "first_run": {"description": "When the first night is due, as 02:17 UTC: for a page without nights.", "type": "string"}
          }
        },
        "alert": {"description": "Who is told of a run in a job of GitHub Actions.", "$ref": "#/definitions/alert"},
        "thresholds": {
          "description": "Limits in k6's grammar, by metric or metric{tag:value}.", "type": "object",
          "additionalProperties": {"anyOf": [{"$ref": "#/definitions/threshold"}, {"type": "array", "items": {"$ref": "#/definitions/threshold"}}]}
        }
      },
      "definitions": {
        "texts": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "share": {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, {"enum": ["off", false]}]},
        "duration": {"type": "string", "pattern": "^([0-9]+([.][0-9]+)?(h|ms|us|ns|m|s))+$"},
        "address": {"type": "string", "pattern": "^https?://."},
        "threshold": {
          "anyOf": [
            {"type": "string"},
            {
              "type": "object", "additionalProperties": false, "required": ["threshold"],
              "properties": {
                "threshold": {"description": "The limit, as p(95)<800.", "type": "string"},
                "abortOnFail": {"description": "Stop all shards when it is crossed.", "default": false, "type": "boolean"},
                "delayAbortEval": {"description": "Stop them no sooner than this long after the start.", "$ref": "#/definitions/duration"}
              }
            }
          ]
        },
        "ecs": {
          "type": "object", "additionalProperties": false,
          "properties": {
            "cluster": {"description": "The cluster in which every shard is a task of Fargate: name or ARN.", "type": "string"},
            "task_definition": {"description": "What the tasks are made of: family, family:revision or an ARN; without a revision the newest active one.", "type": "string"},
            "container": {"description": "The agent's container in it.", "default": "shard", "type": "string"},
            "subnets": {"description": "Subnets for the tasks, up to 16.", "$ref": "#/definitions/texts"},
            "security_groups": {"description": "Security groups for the tasks, up to 5; else the VPC's default one.", "$ref": "#/definitions/texts"},
            "assign_public_ip": {"description": "Give every task a public address: for subnets without NAT or VPC endpoints.", "default": false, "type": "boolean"},
            "launch_type": {"description": "What runs the tasks, where there are no capacity_providers.", "const": "FARGATE"},
            "capacity_providers": {
              "description": "Over which the shards are dealt; the cluster must have them.", "type": "array",
              "items": {
                "type": "object", "additionalProperties": false, "required": ["name"],
                "properties": {
                  "name": {"description": "Which.", "enum": ["FARGATE", "FARGATE_SPOT"]},
                  "weight": {"description": "Its part of the shards beyond every base.", "default": 1, "type": "integer", "minimum": 0, "maximum": 1000},
                  "base": {"description": "So many shards go to it first.", "default": 0, "type": "integer", "minimum": 0, "maximum": 100000}
                }
              }
            },
            "spot_fallback": {"description": "After how many refusals of Spot a shard goes to on-demand capacity, or off.", "default": 2, "anyOf": [{"type": "integer", "minimum": 1, "maximum": 100}, {"enum": ["off", false]}]},
            "platform_version": {"description": "Fargate's: LATEST or a version.", "default": "1.4.0", "type": "string"},
            "cpu": {"description": "CPU units of a task, 1024 for one CPU; else the task definition's.", "enum": [256, 512, 1024, 2048, 4096, 8192, 16384, "256", "512", "1024", "2048", "4096", "8192", "16384"]},
            "memory": {"description": "MiB of a task, of those that Fargate has for that CPU; else the task definition's.", "anyOf": [{"type": "integer", "minimum": 512, "maximum": 122880}, {"type": "string", "pattern": "^[0-9]+$"}]},
            "tags": {"description": "For the tasks, up to 40 names with values.", "type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
            "secrets": {"description": "What the agents fetch from Secrets Manager for the script: id, id#key, NAME=id#key.", "$ref": "#/definitions/texts"},
            "describe_interval": {"description": "How often the coordinator asks how the tasks are: 1s to 60s.", "default": "5s", "$ref": "#/definitions/duration"},
            "vcpu_hour_usd": {"description": "What a vCPU hour costs in USD, for the run's own estimate: us-east-1's list price for Linux on x86.", "default": 0.04048, "type": "number", "minimum": 0, "maximum": 100},
            "gb_hour_usd": {"description": "What a GB hour costs in USD.", "default": 0.004445, "type": "number", "minimum": 0, "maximum": 100}
          }
        },
        "alert": {
          "type": "object", "additionalProperties": false,
          "properties": {
            "repository": {"description": "For the issue, in place of the workflow's own.", "type": "string", "pattern": "^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$"},
            "login": {"description": "Whose the token is, for a GitHub App's, as load-test[bot].", "type": "string"},
            "runbook": {"description": "An address for people who are told of a trouble.", "$ref": "#/definitions/address"},
            "dashboard": {"description": "The address of a dashboard, for the same.", "$ref": "#/definitions/address"},
            "notify": {"description": "How often people are told of a trouble that goes on: when something has changed, or always.", "default": "change", "enum": ["change", "always"]},
            "issue": {
              "description": "One GitHub Issue a suite.",
              "anyOf": [
                {"type": "boolean"},
                {
                  "type": "object", "additionalProperties": false,
                  "properties": {
                    "labels": {"description": "Further ones besides load-test and the suite's.", "$ref": "#/definitions/texts"},
                    "assignees": {"description": "Logins, up to 10.", "$ref": "#/definitions/texts"},
                    "open_on_degraded": {"description": "A degraded run opens one, too.", "default": false, "type": "boolean"}
                  }
                }
              ]
            },
            "status": {
              "description": "A status on the commit.",
              "anyOf": [
                {"type": "boolean"},
                {
                  "type": "object", "additionalProperties": false,
                  "properties": {"context": {"description": "The status's name; else k6-grid/SUITE.", "type": "string"}, "target": {"description": "On the commit under test, on that of the newest green run with a release, or on both.", "default": "commit", "enum": ["commit", "release", "both"]}}
                }
              ]
            },
            "comment": {"description": "A comment on the pull request: from the first problem on, or always.", "enum": ["problem", "always"]},
            "sns": {
              "description": "A topic's ARN, or one each for the service and for the load test.",
              "anyOf": [
                {"$ref": "#/definitions/topic"},
                {
                  "type": "object", "additionalProperties": false, "required": ["topic"],
                  "properties": {"topic": {"description": "For those who run the service.", "$ref": "#/definitions/topic"}, "harness_topic": {"description": "For those who look after the load test.", "$ref": "#/definitions/topic"}}
                }
              ]
            },
            "pagerduty": {"description": "Events of PagerDuty's API v2, with the key in PAGERDUTY_ROUTING_KEY.", "type": "boolean"},
            "metrics": {"description": "Metrics of every run for alarms: true for the namespace k6-grid of CloudWatch, or another's name.", "anyOf": [{"type": "boolean"}, {"type": "string"}]}
          }
        },
        "topic": {"type": "string", "pattern": "^arn:[^:]+:sns:[^:]+:[0-9]*:[^:]+$"}
      }
    }

    """#
}
