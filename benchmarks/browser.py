"""The peer of the panes: TensorBoard's page in a Chromium without a screen, driven by its DevTools protocol.

The protocol runs over two pipes (messages of JSON, each ended by a zero byte), so nothing needs to be installed beside
the browser.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from harness import environment

PATIENCE = 180.0
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1440,900",
    "--remote-debugging-pipe",
)
#: Finds elements through the roots of TensorBoard's components, and tells whether one is in view.
_HELPERS = """
window.deep = (test, root = document, found = []) => {
  for (const node of root.querySelectorAll('*')) {
    if (test(node)) found.push(node);
    if (node.shadowRoot) deep(test, node.shadowRoot, found);
  }
  return found;
};
window.inView = node => {
  const box = node.getBoundingClientRect();
  return box.width > 8 && box.height > 8 && box.bottom > 0 && box.top < innerHeight;
};
"""
#: The tab of a pane, where the click is listened to.
_TAB = "deep(n => n.classList.contains('plugin-name') && n.textContent.trim().toLowerCase() === 'NAME')[0]"
#: Clicks on a tab; the answer is the milliseconds until DONE holds and a frame was made with it.
_CLICK = """
new Promise((found, failed) => {
  const began = performance.now();
  TAB.click();
  const look = () => {
    if (DONE) requestAnimationFrame(() => found(performance.now() - began));
    else if (performance.now() - began > 120000) failed('nothing drawn');
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})
"""
#: Which element of which component is the first thing drawn.
_WITHIN = "deep(n => n.tagName === '{}' && n.getRootNode().host?.tagName === '{}' && inView(n){}).length > 0"
_DRAWN = {
    "images": _WITHIN.format("IMG", "TF-IMAGE-LOADER", " && n.complete && n.naturalWidth > 0"),
    "histograms": _WITHIN.format("path", "VZ-HISTOGRAM-TIMESERIES", ""),
    "distributions": _WITHIN.format("path", "VZ-DISTRIBUTION-CHART", ""),
}


def is_there() -> bool:
    """True if there is a browser to compare with."""
    return any(map(shutil.which, _NAMES))


def clicked(logdir: str, tab: str) -> dict[str, Any]:
    """Seconds from a click on a tab of TensorBoard's page to the first thing drawn in it.

    The page stood at its scalars before, with all data read by the server. A first click, in a page of its own, is not
    counted: it fills the browser's caches.
    """
    button = _TAB.replace("NAME", tab)
    with _tensorboard(logdir) as address, _browser() as browser:
        taken = []
        for _ in range(2):
            page = browser.page(f"{address}/#scalars")
            browser.until(page, f"{button} !== undefined")
            script = _CLICK.replace("TAB", button).replace("DONE", _DRAWN[tab])
            taken.append(browser.evaluate(page, script) / 1000)
            browser.close_page(page)
        return {"seconds": taken[-1]}


class Browser:
    """A Chromium and its pages; RuntimeError where it does not answer or a script fails."""

    def __init__(self, process: subprocess.Popen[bytes], to: int, back: int) -> None:
        self._process, self._to, self._back = process, to, back
        self._number = 0
        self._rest = b""

    def page(self, address: str) -> str:
        """Open an address; returns the session of its page."""
        target = self._call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self._call("Page.enable", {}, session)
        self._call("Page.addScriptToEvaluateOnNewDocument", {"source": _HELPERS}, session)
        self._call("Page.navigate", {"url": address}, session)
        return str(session)

    def close_page(self, session: str) -> None:
        """Close a page."""
        self._call("Page.close", {}, session)

    def evaluate(self, session: str, script: str) -> Any:
        """The value of a script, or of its promise."""
        words = {"expression": script, "awaitPromise": True, "returnByValue": True}
        answer = self._call("Runtime.evaluate", words, session)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"the page: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def until(self, session: str, script: str) -> None:
        """Wait until a script says true."""
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(RuntimeError):  # the page is not there yet
                if self.evaluate(session, script):
                    return
            if time.monotonic() > end:
                raise RuntimeError(f"TensorBoard's page never showed: {script}")
            time.sleep(0.2)

    def _call(self, method: str, words: dict[str, Any], session: str | None = None) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": words}
        if session is not None:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = json.loads(self._message())
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _message(self) -> bytes:
        while b"\0" not in self._rest:
            part = os.read(self._back, 1 << 20)
            if not part:
                raise RuntimeError("the browser ended")
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        return message


@contextmanager
def _browser() -> Iterator[Browser]:
    name = next(filter(None, map(shutil.which, _NAMES)), None)
    if name is None:
        raise RuntimeError("no Chromium to compare with; on Debian: apt-get install chromium")
    # The browser reads from its descriptor 3 and writes to 4.
    theirs, to = os.pipe()
    back, answers = os.pipe()
    with tempfile.TemporaryDirectory(prefix="runglass-bench-", ignore_cleanup_errors=True) as home:
        command = f'exec 3<&{theirs} 4>&{answers}; exec "$@"'
        words = ["bash", "-c", command, "bash", name, *_OPTIONS, f"--user-data-dir={home}", "about:blank"]
        process = subprocess.Popen(
            words, pass_fds=(theirs, answers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(theirs)
        os.close(answers)
        try:
            yield Browser(process, to, back)
        finally:
            process.terminate()
            process.wait(30)
            os.close(to)
            os.close(back)


@contextmanager
def _tensorboard(logdir: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "tensorboard.main", f"--logdir={logdir}", f"--port={port}", "--host=127.0.0.1"]
    with tempfile.TemporaryDirectory() as home:
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        server = subprocess.Popen(words, env=environment(home), **silent)  # type: ignore[call-overload]
        try:
            end = time.monotonic() + PATIENCE
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                if server.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("tensorboard does not answer")
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)
