"""What the sections share: a table, a place to work in, small C programs, and what a command spent."""
import contextlib
import datetime
import json
import os
import pathlib
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent
AGENT = ROOT / ".build-release/release/shard-agent"
COORDINATOR = ROOT / ".build-release/release/coordinator"
STATIC_AGENT = ROOT / ".build-static/release/shard-agent"


class NotMeasured(Exception):
    """A sentence: what is missing and how to get it. The rest of the section goes on."""


# MARK: The table. One for all sections: `run` prints the head once and sets BENCH_ROWS_ONLY.

def row(what, measured, beside=""):
    print(f"| {what} | {measured} | {beside} |", flush=True)


def begin(title):
    if not os.environ.get("BENCH_ROWS_ONLY"):
        print_head()
    row(f"**{title}**", "")


def print_head():
    print(f"{machine()}\n")
    print("| | measured | beside it |\n|---|---|---|", flush=True)


@contextlib.contextmanager
def part(what):
    """A part that cannot be measured is a row with the reason, and no end of the program."""
    try:
        yield
    except NotMeasured as reason:
        row(what, f"not measured: {reason}")


def say(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def machine():
    model = "an unknown CPU"
    with contextlib.suppress(OSError):
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    date = datetime.datetime.now(datetime.timezone.utc).date()
    return f"{date}, {os.cpu_count()} x {model}, Linux {platform.release()} {platform.machine()}"


# MARK: Programs

def program(path, how):
    if not os.access(path, os.X_OK):
        raise NotMeasured(f"there is no {shown(path)} ({how})")
    return path


def tool(name):
    found = shutil.which(name)
    if not found:
        raise NotMeasured(f"{name} is not installed (scripts/setup bench)")
    return found


def shown(path):
    """A path from the repository's root where it is below it."""
    path = pathlib.Path(path)
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name


def agent_with(agent, flag):
    program(agent, "make bench builds it")
    text = subprocess.run([agent, "replay", "--help"], capture_output=True, text=True).stdout
    if flag not in text:
        raise NotMeasured(f"this shard-agent has no replay {flag}")
    return agent


def k6():
    named = os.environ.get("K6_BIN") or ROOT / ".tools/k6-1.1.0/bin/k6"
    return program(pathlib.Path(named), "scripts/setup k6 1.1.0")


def version(command):
    return subprocess.run(command, capture_output=True, text=True).stdout.split("\n")[0].strip()


@contextlib.contextmanager
def scratch():
    """A folder that is gone afterwards: in memory if there is room, so that no disk is measured."""
    shm = pathlib.Path("/dev/shm")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the folder goes then, too
    roomy = shm.is_dir() and os.access(shm, os.W_OK) and shutil.disk_usage(shm).free > 4 << 30
    with tempfile.TemporaryDirectory(prefix="k6-grid-bench-", dir=shm if roomy else None) as folder:
        yield pathlib.Path(folder)


def compiled(name, folder, *flags):
    """A C program of tools/."""
    target = folder / name
    if not target.exists():
        subprocess.run([tool("cc"), "-O2", *flags, "-o", target, HERE / f"tools/{name}.c"], check=True)
    return target


def generated(kind, lines, folder):
    path = folder / f"{kind}-{lines}.ndjson"
    if not path.exists():
        say(f"writing {lines:,} lines of {kind}")
        with open(path, "wb") as stream:
            subprocess.run([HERE / "generate", kind, str(lines)], stdout=stream, check=True)
    return path


# MARK: What a command spent

class Spent:
    """CPU seconds, seconds and peak memory of a command with its children, and what it printed."""

    def __init__(self, command, folder, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                 env=None):
        handle, self.file = tempfile.mkstemp(dir=folder)
        os.close(handle)
        self.command = [str(part) for part in command]
        self.process = subprocess.Popen(
            [compiled("spent", folder), self.file, *self.command], stdin=stdin, stdout=stdout, stderr=stderr, env=env)

    def finish(self, codes=(0,)):
        self.stdout, self.stderr = self.process.communicate()
        if self.process.returncode not in codes:
            raise NotMeasured(
                f"{pathlib.Path(self.command[0]).name} {self.command[1]} ended with code {self.process.returncode}: "
                + (self.stderr or b"").decode().strip().split("\n")[-1][:200])
        usage = json.loads(pathlib.Path(self.file).read_text())
        os.unlink(self.file)
        self.cpu, self.wall = usage["user"] + usage["system"], usage["wall"]
        self.rss = usage["max_rss_kib"] * 1024
        return self


def spent(command, folder, codes=(0,), **options):
    return Spent(command, folder, **options).finish(codes)


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise NotMeasured(f"{what} did not happen within {seconds} s")
        time.sleep(0.01)


@contextlib.contextmanager
def hello_server(folder):
    """The port of a server that answers everything at once."""
    server = subprocess.Popen([compiled("hello_server", folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield server.stdout.readline().decode().strip()
    finally:
        server.stdin.close()
        server.wait()


# MARK: Numbers as they are shown

def mib(count):
    return f"{count / (1 << 20):.1f} MiB"


def times(figure, reference, of):
    """`figure` in units of what was measured beside it."""
    return f"{figure / reference:.3g} x {of}"


def median(figures):
    return statistics.median(figures)
