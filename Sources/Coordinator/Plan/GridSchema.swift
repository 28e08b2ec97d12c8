/// The JSON Schema of `grid.yml` (draft 7, which editors know), as docs/grid.schema.json has it. A test holds it against the
/// reader: every name, every list of words.
enum GridSchema {
  static let text = #"""
    {
      "$schema": "http://json-schema.org/draft-07/schema#",
      "title": "grid.yml of k6-grid",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "suite": {"description": "Which test this is, over the nights.", "type": "string", "pattern": "^[A-Za-z0-9._-]{1,255}$"},
        "shards": {"description": "How many share the load.", "anyOf": [{"type": "integer", "minimum": 1, "maximum": 10000}, {"const": "auto"}]},
        "script": {"description": "The k6 script: a path, image:///path in the tasks' image, or s3://bucket/key.", "type": "string"},
        "bundle": {"description": "What is sent with the script to shards elsewhere, a folder.", "type": "string"},
        "store": {"description": "Where everything is kept: file:///folder or s3://bucket/prefix.", "type": "string", "pattern": "^(file:///|s3://)."},
        "env": {"description": "Variables for the script.", "type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
        "k6_options": {"description": "For k6 itself; they describe the whole load.", "$ref": "#/definitions/texts"},
        "generator": {
          "description": "When a generator counts as out of breath: shares of 1, or off.", "type": "object", "additionalProperties": false,
          "properties": {
            "cpu": {"$ref": "#/definitions/share"},
            "throttled": {"$ref": "#/definitions/share"},
            "run_delay": {"$ref": "#/definitions/share"},
            "dropped_iterations": {"$ref": "#/definitions/share"}
          }
        },
        "lean": {"description": "k6 keeps no samples, so that its memory stays flat.", "type": "boolean"},
        "setup": {"description": "Who runs setup() and teardown().", "enum": ["once", "per-shard"]},
        "max_duration": {"description": "How long the whole run may take.", "$ref": "#/definitions/duration"},
        "dead_man": {"description": "After this long without a sign of the coordinator a shard stops.", "$ref": "#/definitions/duration"},
        "ecs": {"description": "Shards as tasks of Fargate.", "$ref": "#/definitions/ecs"},
        "release": {"description": "What was shipped with the commit: a mark on the page.", "type": "string"},
        "trend": {
          "description": "How a run is held against the nights before it.", "type": "object", "additionalProperties": false,
          "properties": {
            "branch": {"description": "Whose runs are the nights.", "type": "string"},
            "profile": {"description": "In place of what the script and its load say.", "type": "string"},
            "sensitivity": {"description": "How soon a night is degraded.", "enum": ["quiet", "normal", "keen"]}
          }
        },
        "report": {
          "description": "The trend page.", "type": "object", "additionalProperties": false,
          "properties": {
            "url": {"description": "Where it will be found.", "$ref": "#/definitions/address"},
            "first_run": {"description": "For a page without nights, as 02:17 UTC.", "type": "string"}
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
                "threshold": {"description": "As p(95)<800.", "type": "string"},
                "abortOnFail": {"description": "Stop all shards when it is crossed.", "type": "boolean"},
                "delayAbortEval": {"description": "Not before this long after the start.", "$ref": "#/definitions/duration"}
              }
            }
          ]
        },
        "ecs": {
          "type": "object", "additionalProperties": false,
          "properties": {
            "cluster": {"description": "Name or ARN.", "type": "string"},
            "task_definition": {"description": "family, family:revision or an ARN.", "type": "string"},
            "container": {"description": "The agent's container in it (shard).", "type": "string"},
            "subnets": {"description": "Up to 16.", "$ref": "#/definitions/texts"},
            "security_groups": {"description": "Up to 5; the VPC's default one without.", "$ref": "#/definitions/texts"},
            "assign_public_ip": {"description": "For subnets without NAT or VPC endpoints.", "type": "boolean"},
            "launch_type": {"const": "FARGATE"},
            "capacity_providers": {
              "description": "Over which shards are dealt.", "type": "array",
              "items": {
                "type": "object", "additionalProperties": false, "required": ["name"],
                "properties": {
                  "name": {"enum": ["FARGATE", "FARGATE_SPOT"]},
                  "weight": {"type": "integer", "minimum": 0, "maximum": 1000},
                  "base": {"type": "integer", "minimum": 0, "maximum": 100000}
                }
              }
            },
            "spot_fallback": {"description": "After how many refusals of Spot a shard goes to on-demand capacity.", "anyOf": [{"type": "integer", "minimum": 1, "maximum": 100}, {"enum": ["off", false]}]},
            "platform_version": {"description": "LATEST or a version (1.4.0).", "type": "string"},
            "cpu": {"description": "CPU units of a task.", "enum": [256, 512, 1024, 2048, 4096, 8192, 16384, "256", "512", "1024", "2048", "4096", "8192", "16384"]},
            "memory": {"description": "MiB of a task.", "anyOf": [{"type": "integer", "minimum": 512, "maximum": 122880}, {"type": "string", "pattern": "^[0-9]+$"}]},
            "tags": {"description": "For the tasks.", "type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
            "secrets": {"description": "Of Secrets Manager, for the script: id, id#key, NAME=id#key.", "$ref": "#/definitions/texts"},
            "describe_interval": {"description": "How often the coordinator asks how the tasks are (5s).", "$ref": "#/definitions/duration"},
            "vcpu_hour_usd": {"description": "What a vCPU hour costs in USD, for the run's own estimate (0.04048).", "type": "number", "minimum": 0, "maximum": 100},
            "gb_hour_usd": {"description": "What a GB hour costs in USD (0.004445).", "type": "number", "minimum": 0, "maximum": 100}
          }
        },
        "alert": {
          "type": "object", "additionalProperties": false,
          "properties": {
            "repository": {"description": "For the issue, in place of the workflow's own.", "type": "string", "pattern": "^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$"},
            "login": {"description": "Whose the token is, for a GitHub App's.", "type": "string"},
            "runbook": {"$ref": "#/definitions/address"},
            "dashboard": {"$ref": "#/definitions/address"},
            "notify": {"description": "How often people are told of a trouble that goes on.", "enum": ["change", "always"]},
            "issue": {
              "description": "One GitHub Issue a suite.",
              "anyOf": [
                {"type": "boolean"},
                {
                  "type": "object", "additionalProperties": false,
                  "properties": {
                    "labels": {"$ref": "#/definitions/texts"},
                    "assignees": {"$ref": "#/definitions/texts"},
                    "open_on_degraded": {"type": "boolean"}
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
                  "properties": {"context": {"type": "string"}, "target": {"enum": ["commit", "release", "both"]}}
                }
              ]
            },
            "comment": {"description": "On the pull request.", "enum": ["problem", "always"]},
            "sns": {
              "description": "A topic's ARN, or one each for the service and for the load test.",
              "anyOf": [
                {"$ref": "#/definitions/topic"},
                {
                  "type": "object", "additionalProperties": false, "required": ["topic"],
                  "properties": {"topic": {"$ref": "#/definitions/topic"}, "harness_topic": {"$ref": "#/definitions/topic"}}
                }
              ]
            },
            "pagerduty": {"description": "Events API v2, with PAGERDUTY_ROUTING_KEY.", "type": "boolean"},
            "metrics": {"description": "CloudWatch's namespace, or true for k6-grid.", "anyOf": [{"type": "boolean"}, {"type": "string"}]}
          }
        },
        "topic": {"type": "string", "pattern": "^arn:[^:]+:sns:[^:]+:[0-9]*:[^:]+$"}
      }
    }

    """#
}
