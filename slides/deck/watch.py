"""Editing a deck: it is built at every save, and the browser shows it at once."""

import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from .source import ROOT, SLIDES, DeckError

PORT = 8765
# What a page does that is being edited: it asks once a second, and opens anew on the same slide.
RELOAD = b"""<script>(() => {
  let seen;
  setInterval(() => fetch("/built").then((answer) => answer.text()).then((now) => {
    if (seen !== undefined && seen !== now) location.reload();
    seen = now;
  }).catch(() => {}), 1000);
})();</script>"""


class Server(ThreadingHTTPServer):
    """A server that knows how many builds there were since its start."""

    builds = 0


class Handler(SimpleHTTPRequestHandler):
    """Serve the built decks; pages are told when there is a newer build."""

    def do_GET(self) -> None:
        """Answer with a file, with a page that reloads itself, or with the number of builds."""
        path = Path(self.translate_path(self.path))
        if self.path == "/built":
            self.answer(str(getattr(self.server, "builds", 0)).encode(), "text/plain")
        elif path.suffix == ".html" and path.is_file():
            self.answer(path.read_bytes() + RELOAD, "text/html; charset=utf-8")
        else:
            super().do_GET()

    def answer(self, content: bytes, kind: str) -> None:
        """Send one whole answer, never to be kept."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: each open page asks once a second."""


def watch(
    names: list[str], output: Path, build: Callable[[list[str]], object], *, host: str, port: int
) -> int:
    """Build the decks as HTML, serve them, and build again whenever something is saved."""
    server = Server((host, port), partial(Handler, directory=str(output)))
    print(where(host, server.server_port), flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    seen: dict[Path, float] = {}
    try:
        while True:
            server.builds += build_changed(names, seen, build)
            time.sleep(0.5)
    finally:
        server.shutdown()
        server.server_close()


def where(host: str, port: int) -> str:
    """Return what a lecturer must know about the server: its address, and who can open it."""
    address = f"http://{'localhost' if only_here(host) else host or '0.0.0.0'}:{port}/"
    if only_here(host):
        return f"{address}  open to this machine alone. Ctrl+C ends it."
    return (
        f"{address}  WARNING: everyone in this network can open it. "
        "Leave out --host to keep it to this machine. Ctrl+C ends it."
    )


def only_here(host: str) -> bool:
    """Whether a server that listens at this address is reached from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def saved() -> dict[Path, float]:
    """Return when each file was saved that a deck depends on."""
    files = [*SLIDES.glob("[0-9][0-9]_*.md"), *(ROOT / "notebooks").glob("*.ipynb")]
    files += [*SLIDES.glob("*.css"), *SLIDES.glob("visuals/*"), *SLIDES.glob("deck/*.css")]
    files += [*SLIDES.glob("deck/*.*js"), *SLIDES.glob("deck/*.html")]
    files += (ROOT / "course_lib" / "widgets").glob("*.*s")
    return {path: path.stat().st_mtime for path in files if path.exists()}


def build_changed(
    names: list[str], seen: dict[Path, float], build: Callable[[list[str]], object]
) -> bool:
    """Build what was saved since `seen`, and remember; return whether there is a newer build.

    A deck is built alone; what all decks depend on builds them all.
    """
    now = saved()
    changed = [path for path, at in now.items() if seen.get(path) != at]
    seen |= now
    alone = [path.name for path in changed if path.suffix == ".md"]
    chosen = [n for n in alone if not names or n.startswith(tuple(names))]
    everything = len(alone) < len(changed)
    if not everything and not chosen:
        return False
    started = time.monotonic()
    try:
        build(names if everything else chosen)
    except DeckError as error:
        print(f"slides: {error}", file=sys.stderr, flush=True)
        return False
    built = ", ".join(names if everything else chosen) or "all decks"
    print(f"built {built} in {time.monotonic() - started:.0f} s", flush=True)
    return True
