"""A rendered site in a real Chromium: served as it is published, visited with everything that a page says and asks for."""
import contextlib
import functools
import http.server
import threading
import time

HEIGHT = 900


class Checks:
    """One line a check; what failed is kept for the end."""

    def __init__(self):
        self.passed, self.failed = 0, []

    def __call__(self, what, good, detail=""):
        print(f"{'ok  ' if good else 'FAIL'} {what}{': ' + str(detail) if detail != '' else ''}", flush=True)
        if good:
            self.passed += 1
        else:
            self.failed.append(what)

    def whole(self, what, part, *arguments):
        """A group of checks; one that cannot go on, as when something never happens, has failed."""
        try:
            part(self, *arguments)
        except Exception as error:
            self(f"{what}: {part.__name__} to its end", False, " ".join(str(error).split())[:300])


@contextlib.contextmanager
def served(folder, piece=None):
    """The folder over HTTP on a free port of loopback, so that requests count and `?with=` may read its neighbours.

    `piece`: so many bytes at a time, as over a slow line, so that the browser draws what it has.
    """
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def copyfile(self, source, out):
            while part := source.read(piece or 1 << 20):
                out.write(part)
                if piece:
                    time.sleep(0.012)

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_):
            pass  # the browser hung up

    server = Server(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


class Visit:
    """A page in a context of its own: no storage, one width, one colour scheme, a clock that stands."""

    def __init__(self, browser, url, width=1200, scheme="light", script=True, now=None, **more):
        self.context = browser.new_context(
            viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, java_script_enabled=script, **more)
        self.page = self.context.new_page()
        self.said, self.requests = [], []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append("dialog " + dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: request.url.startswith("data:") or self.requests.append(request.url))
        if script and now:
            self.page.clock.set_fixed_time(now)
        self.page.goto(url)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    def shifts(self):
        """The sum of the layout's shifts so far (CLS)."""
        return self.page.evaluate("""new Promise(done => {
            let sum = 0
            new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value)).observe({type: 'layout-shift', buffered: true})
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum), 100)))
        })""")

    def overflow(self, width):
        """By how much the page is wider than the window."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def is_visible(self, selector):
        return self.page.locator(selector).first.is_visible()


def tip_is_readable(link):
    """Open, large enough, and inside the window."""
    width, height, left, beyond = link.evaluate("""a => {
        const r = a.querySelector('.tip').getBoundingClientRect()
        return [r.width, r.height, r.left, r.right - innerWidth]
    }""")
    return width > 40 and height > 20 and left >= 0 and beyond <= 0
