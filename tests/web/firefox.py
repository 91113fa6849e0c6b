"""A headless Firefox, driven through WebDriver BiDi, which it speaks itself; Python's standard library only.

    with Firefox() as firefox:
        firefox.open("http://127.0.0.1:8000/")
        firefox.wait_for("document.querySelector('h1')")
        firefox.click_at(100, 200)
        assert not firefox.complaints

A Tab of browser.py with other wires: looking and typing are the same, through other commands.
https://w3c.github.io/webdriver-bidi/
"""
import base64
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from browser import Tab, WebSocket

PROGRAMS = ("firefox-esr", "firefox")
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "Ctrl": "\ue009", "Shift": "\ue008", "Alt": "\ue00a",
        "ArrowRight": "\ue014", "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowDown": "\ue015"}
START_SECONDS = 120

PREFERENCES = """
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
"""


def find_program():
    return next((shutil.which(name) for name in PROGRAMS if shutil.which(name)), None)


class Firefox(Tab):
    """A browser and its one tab."""

    def __init__(self, width=1400, height=900):
        self.profile = pathlib.Path(tempfile.mkdtemp(prefix="glossator-firefox-"))
        (self.profile / "user.js").write_text(PREFERENCES)
        self.complaints, self.number = [], 0
        self.process = subprocess.Popen(
            [find_program(), "--headless", "--no-remote", "--profile", self.profile, "--remote-debugging-port", "0",
             f"--width={width}", f"--height={height}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            env={**os.environ, "HOME": str(self.profile), "MOZ_CRASHREPORTER_DISABLE": "1"})
        self.wire = WebSocket(f"ws://127.0.0.1:{self._port()}/session")
        self.version = self.command("session.new", capabilities={})["capabilities"]["browserVersion"]
        self.command("session.subscribe", events=["log.entryAdded"])
        [first, *_] = self.command("browsingContext.getTree")["contexts"]
        self.context = first["context"]
        self.command("browsingContext.setViewport", context=self.context, viewport={"width": width, "height": height})

    def _port(self):
        known = self.profile / "WebDriverBiDiServer.json"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if known.exists() and known.read_text().strip():
                return json.loads(known.read_text())["ws_port"]
            if self.process.poll() is not None:
                raise RuntimeError("the browser has ended")
            time.sleep(0.05)
        raise TimeoutError("the browser did not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def command(self, method, **parameters):
        self.number += 1
        self.wire.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.wire.receive())
            if message.get("id") == self.number:
                if message.get("type") == "error":
                    raise RuntimeError(f"{method}: {message.get('message')}")
                return message["result"]
            if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                self.complaints.append(message["params"]["text"])

    # -- looking -------------------------------------------------------------------------------

    def open(self, url):
        self.command("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def evaluate(self, expression):
        """The value of an expression that gives something JSON can say."""
        result = self.command("script.evaluate", expression=f"(async () => JSON.stringify(await ({expression})))()",
                              target={"context": self.context}, awaitPromise=True)
        if result["type"] == "exception":
            raise RuntimeError(result["exceptionDetails"]["text"])
        value = result["result"].get("value")
        return None if value is None else json.loads(value)

    def screenshot(self, path):
        shot = self.command("browsingContext.captureScreenshot", context=self.context)
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))

    # -- hands ---------------------------------------------------------------------------------

    def _perform(self, kind, actions, **more):
        self.command("input.performActions", context=self.context,
                     actions=[{"type": kind, "id": kind, "actions": actions, **more}])

    def _pointer(self, actions):
        self._perform("pointer", actions, parameters={"pointerType": "mouse"})

    def click_at(self, x, y):
        self._pointer([{"type": "pointerMove", "x": round(x), "y": round(y)}, {"type": "pointerDown", "button": 0},
                       {"type": "pointerUp", "button": 0}])

    def drag(self, start, end, steps=6):
        moves = [{"type": "pointerMove", "duration": 20,
                  **{axis: round(a + (b - a) * n / steps) for axis, a, b in zip("xy", start, end)}}
                 for n in range(steps + 1)]
        self._pointer([moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}])

    def click(self, selector):
        x, y = self.evaluate(f"""(() => {{ const box = document.querySelector({json.dumps(selector)})
            .getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()""")
        self.click_at(x, y)

    def press(self, combination):
        names = [KEYS.get(name, name) for name in combination.split("+")]
        self._perform("key", [{"type": "keyDown", "value": name} for name in names]
                      + [{"type": "keyUp", "value": name} for name in reversed(names)])
