"""Runs the `run:` steps of one job of a GitHub workflow, as the runner does: bash with -e, GITHUB_OUTPUT, GITHUB_ENV,
GITHUB_PATH, step outputs, `if:` with always(), and cancellation (SIGINT to the step's first process, SIGTERM after
7.5 s, SIGKILL after 2.5 s more; then only the steps that always run).

What it does not model, an expression, a context, an action or a shell, is an error and not a guess. The shell of the
steps is run with it; GitHub's runner is not.

    run_job.py WORKFLOW JOB [--var NAME=value] [--input NAME=value] [--matrix NAME=value] [--output STEP.NAME=value]
               [--cancel-after FILE]

WORKFLOW may be an action.yml, of which JOB is `action`. `uses:` steps are left out, and said so; what they would have put out
is said with --output. Steps begin in RUN_JOB_FOLDER, or here. With --cancel-after the job is cancelled as soon as FILE is there. Exit code: 0
success, 1 failure, 130 cancelled; the last line on stdout is the job as JSON.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

import yaml

# What a step may read of the runner, and where the runner has it.
CONTEXTS = {
    "github.actor": "GITHUB_ACTOR", "github.ref_name": "GITHUB_REF_NAME", "github.repository": "GITHUB_REPOSITORY",
    "github.run_attempt": "GITHUB_RUN_ATTEMPT", "github.sha": "GITHUB_SHA", "runner.temp": "RUNNER_TEMP",
}
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


class Job:
    def __init__(self, job, variables, inputs, matrix, outputs, cancel_after):
        self.job, self.variables, self.cancel_after = job, variables, cancel_after
        self.inputs, self.matrix, self.outputs = inputs, matrix, outputs
        self.steps, self.path, self.environment = [], [], {}
        self.failed = self.cancelled = False

    def value(self, expression):
        """Of the expressions that our workflows use; anything else is an error."""
        parts = expression.split(".")
        if parts[0] == "vars" and len(parts) == 2:
            return self.variables.get(parts[1], "")
        if parts[0] == "steps" and len(parts) == 4 and parts[2] == "outputs":
            return self.outputs.get(parts[1], {}).get(parts[3], "")
        if parts[0] == "secrets" and len(parts) == 2:
            return self.variables.get(parts[1], "")
        if expression == "github.token":
            return "github-token"
        if expression in CONTEXTS:
            return os.environ[CONTEXTS[expression]]
        if parts[0] in ("inputs", "matrix") and len(parts) == 2:
            known = self.inputs if parts[0] == "inputs" else self.matrix
            if parts[1] not in known:
                raise SystemExit(f"run_job: there is no {expression}; there are: {', '.join(sorted(known)) or 'none'}")
            return known[parts[1]]
        alternatives = expression.split(" || ")
        if len(alternatives) == 2:
            last = alternatives[1]
            literal = last[1:-1] if last[:1] == "'" == last[-1:] else None
            return self.value(alternatives[0]) or (self.value(last) if literal is None else literal)
        raise SystemExit(f"run_job: the expression '{expression}' is not modelled")

    def expanded(self, text):
        return EXPRESSION.sub(lambda match: str(self.value(match.group(1))), str(text))

    def is_due(self, step):
        condition = str(step.get("if", "success()")).strip()
        condition = EXPRESSION.sub(lambda match: match.group(1), condition)
        ok = not self.failed and not self.cancelled
        known = {"success()": ok, "always()": True, "failure()": self.failed, "cancelled()": self.cancelled}
        variable = re.fullmatch(r"env\.(\w+) != ''", condition)
        if variable:
            return ok and self.expanded(self.job.get("env", {})[variable.group(1)]) != ""
        if condition not in known:
            raise SystemExit(f"run_job: the condition '{condition}' is not modelled")
        return known[condition]

    def run(self):
        for number, step in enumerate(self.job["steps"]):
            name = step.get("name") or step.get("id") or f"step {number + 1}"
            if "uses" in step:
                print(f"run_job: left out: {step['uses']}", flush=True)
            elif not self.is_due(step):
                self.steps.append({"name": name, "outcome": "skipped"})
            else:
                self.carry_out(step, name)
        return 130 if self.cancelled else 1 if self.failed else 0

    def carry_out(self, step, name):
        unknown = set(step) - {"name", "id", "run", "if", "env", "shell", "timeout-minutes", "continue-on-error"}
        if unknown or step.get("shell", "bash") != "bash":
            raise SystemExit(f"run_job: {name}: {unknown or 'its shell'} is not modelled")
        print(f"run_job: {name}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            files = {key: os.path.join(folder, key) for key in ("OUTPUT", "ENV", "PATH", "STEP_SUMMARY")}
            for file in files.values():
                open(file, "w").close()
            script = os.path.join(folder, "step.sh")
            with open(script, "w") as file:
                file.write(self.expanded(step["run"]))
            environment = dict(os.environ, GITHUB_ACTIONS="true", CI="true", **self.environment)
            for level in (self.job.get("env", {}), step.get("env", {})):
                environment.update({key: self.expanded(value) for key, value in level.items()})
            environment.update({f"GITHUB_{key}": file for key, file in files.items()})
            environment["PATH"] = ":".join(self.path + [environment["PATH"]])
            began = time.monotonic()
            code = self.spawned(["bash", "--noprofile", "--norc", "-eo", "pipefail", script], environment)
            self.environment.update(pairs(files["ENV"]))
            self.path = [line for line in open(files["PATH"]).read().splitlines() if line] + self.path
            if "id" in step:
                self.outputs[step["id"]] = pairs(files["OUTPUT"])
            summary = open(files["STEP_SUMMARY"]).read()
        self.failed = self.failed or code != 0 and step.get("continue-on-error") is not True
        self.steps.append(
            {"name": name, "code": code, "seconds": round(time.monotonic() - began, 2),
             "outputs": self.outputs.get(step.get("id"), {}), "summary": summary})

    def spawned(self, command, environment):
        folder = os.environ.get("RUN_JOB_FOLDER")
        process = subprocess.Popen(command, env=environment, cwd=folder, start_new_session=True)
        if self.cancel_after and not self.cancelled:
            threading.Thread(target=self.cancel, args=(process,), daemon=True).start()
        code = process.wait()
        return code if code >= 0 else 128 - code

    def cancel(self, process):
        while not os.path.exists(self.cancel_after):
            if process.poll() is not None:
                return
            time.sleep(0.05)
        self.cancelled = True
        for number, patience in ((signal.SIGINT, 7.5), (signal.SIGTERM, 2.5), (signal.SIGKILL, 0)):
            if process.poll() is not None:
                return
            process.send_signal(number)
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                pass


def pairs(path):
    """`name=value` and `name<<MARK` lines."""
    found, lines = {}, iter(open(path).read().splitlines())
    for line in lines:
        if "<<" in line and "=" not in line.split("<<")[0]:
            name, mark = line.split("<<", 1)
            found[name] = "\n".join(iter(lambda: next(lines), mark))
        elif line:
            name, value = line.split("=", 1)
            found[name] = value
    return found


def given(declared, values):
    """The inputs of a workflow that is called, or of an action. One that is not declared, or missing, is an error."""
    unknown = set(values) - set(declared)
    missing = {name for name, input in declared.items() if input.get("required") and name not in values}
    if unknown or missing:
        raise SystemExit(f"run_job: inputs that are not declared: {sorted(unknown)}; that are missing: {sorted(missing)}")
    return {name: values.get(name, input.get("default", "")) for name, input in declared.items()}


def read(options):
    """The job, and the inputs that are declared for it."""
    with open(options.workflow) as file:
        document = yaml.safe_load(file)
    if options.job == "action":
        return {"steps": document["runs"]["steps"]}, document.get("inputs", {})
    # YAML reads the key `on` as true.
    triggers = document[True]
    called = (triggers.get("workflow_call") if isinstance(triggers, dict) else None) or {}
    return document["jobs"][options.job], called.get("inputs", {})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("workflow")
    parser.add_argument("job")
    for name in ("--var", "--input", "--matrix", "--output"):
        parser.add_argument(name, action="append", default=[])
    parser.add_argument("--cancel-after")
    options = parser.parse_args()
    variables, inputs, matrix, put_out = (
        dict(pair.split("=", 1) for pair in values)
        for values in (options.var, options.input, options.matrix, options.output))
    outputs = {}
    for name, value in put_out.items():
        step, output = name.split(".", 1)
        outputs.setdefault(step, {})[output] = value
    document, declared = read(options)
    job = Job(document, variables, given(declared, inputs), matrix, outputs, options.cancel_after)
    code = job.run()
    print(json.dumps({"code": code, "steps": job.steps}))
    sys.exit(code)


main()
