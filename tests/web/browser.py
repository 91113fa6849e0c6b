"""A headless Chromium, driven through its DevTools protocol; Python's standard library only.

    with Browser() as browser:
        browser.open("http://127.0.0.1:8000/")
        browser.wait_for("document.querySelector('h1')")
        browser.press("Ctrl+Z")
        assert not browser.complaints
        other = browser.tab()              # a further tab of the same browser

`complaints` collects uncaught errors, failed resources and breaches of the content policy. A Browser
is its first tab. Keys and mouse go the way of a person's: through the browser's own input events.
"""
import base64
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import urllib.request

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def find_program():
    return next((shutil.which(name) for name in PROGRAMS if shutil.which(name)), None)


class WebSocket:
    """Text frames of RFC 6455, as a client."""

    def __init__(self, url):
        address, _, path = url.removeprefix("ws://").partition("/")
        host, _, port = address.partition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=30)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /{path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\n"
                             f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                             "Sec-WebSocket-Version: 13\r\n\r\n").encode())
        self.rest = b""
        while b"\r\n\r\n" not in self.rest:
            self.rest += self.socket.recv(4096)
        self.rest = self.rest.split(b"\r\n\r\n", 1)[1]

    def send(self, text):
        payload, mask = text.encode(), os.urandom(4)
        size = len(payload)
        head = (struct.pack("!BB", 0x81, 0x80 | size) if size < 126 else
                struct.pack("!BBH", 0x81, 0xFE, size) if size < 65536 else
                struct.pack("!BBQ", 0x81, 0xFF, size))
        self.socket.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))

    def _take(self, size):
        while len(self.rest) < size:
            more = self.socket.recv(1 << 16)
            if not more:
                raise ConnectionError("the browser has gone")
            self.rest += more
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def receive(self):
        whole = b""
        while True:
            first, second = self._take(2)
            size = second & 0x7F
            if size == 126:
                size = struct.unpack("!H", self._take(2))[0]
            elif size == 127:
                size = struct.unpack("!Q", self._take(8))[0]
            payload = self._take(size)
            if first & 0x0F in (0, 1):
                whole += payload
                if first & 0x80:
                    return whole.decode()


MODIFIERS = {"Alt": 1, "Ctrl": 2, "Meta": 4, "Shift": 8}
KEY_CODES = {"Enter": 13, "Escape": 27, "Tab": 9, "Backspace": 8, "Delete": 46, "ArrowLeft": 37,
             "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Home": 36, "End": 35, "PageUp": 33,
             "PageDown": 34, "F2": 113, " ": 32}


def modifiers_of(names):
    return sum(MODIFIERS[name] for name in names)


class Tab:
    """One page of a browser."""

    def __init__(self, address, size, dark=False):
        self.wire, self.complaints, self.requests, self.number = WebSocket(address), [], [], 0
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.command(f"{domain}.enable")
        self.resize(*size)
        self.theme(dark)

    def command(self, method, **parameters):
        self.number += 1
        self.wire.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.wire.receive())
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._note(message)

    def _note(self, message):
        parameters = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", details["text"]))
        elif message.get("method") == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            entry = parameters["entry"]
            self.complaints.append(f"{entry['text']} {entry.get('url', '')}")
        elif message.get("method") == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])

    def resize(self, width, height):
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height,
                     deviceScaleFactor=1, mobile=False)

    def theme(self, dark):
        self.command("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def offline(self, away=True):
        self.command("Network.emulateNetworkConditions", offline=away, latency=0,
                     downloadThroughput=-1, uploadThroughput=-1)

    # -- looking -------------------------------------------------------------------------------

    def open(self, url):
        self.requests.clear()
        self.command("Page.navigate", url=url)

    def evaluate(self, expression):
        result = self.command("Runtime.evaluate", expression=expression, returnByValue=True,
                              awaitPromise=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description", details["text"]))
        return result["result"].get("value")

    def wait_for(self, condition, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if self.evaluate(f"!!({condition})"):
                    return
            except RuntimeError:
                pass  # between two pages
            time.sleep(0.03)
        raise TimeoutError(f"never came true: {condition}\n{self.complaints}\n{self.text()}")

    def text(self, selector="body"):
        return self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText")

    def count(self, selector):
        return self.evaluate(f"document.querySelectorAll({json.dumps(selector)}).length")

    def screenshot(self, path, scale=1):
        width, height = self.evaluate("[innerWidth, innerHeight]")
        shot = self.command("Page.captureScreenshot", format="png", clip={
            "x": 0, "y": 0, "width": width, "height": height, "scale": scale})
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))

    # -- hands ---------------------------------------------------------------------------------

    def click(self, selector):
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def focus(self, selector):
        self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")

    def mouse(self, kind, x, y, *modifiers, clicks=1, held=None):
        pressed = held if held is not None else kind != "mouseMoved"
        self.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, clickCount=clicks,
                     button="left" if pressed else "none", buttons=1 if pressed else 0,
                     modifiers=modifiers_of(modifiers))

    def click_at(self, x, y, *modifiers, times=1):
        self.mouse("mouseMoved", x, y, *modifiers)
        for n in range(1, times + 1):
            self.mouse("mousePressed", x, y, *modifiers, clicks=n)
            self.mouse("mouseReleased", x, y, *modifiers, clicks=n)

    def drag(self, start, end, *modifiers, steps=6, pause=0):
        self.mouse("mouseMoved", *start, *modifiers)
        self.mouse("mousePressed", *start, *modifiers)
        for n in range(1, steps + 1):
            time.sleep(pause)
            x, y = (a + (b - a) * n / steps for a, b in zip(start, end))
            self.mouse("mouseMoved", x, y, *modifiers, held=True)
        self.mouse("mouseReleased", *end, *modifiers)

    def wheel(self, x, y, delta, *modifiers):
        self.command("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=delta,
                     modifiers=modifiers_of(modifiers))

    def press(self, combination):
        """A key as people say it: "a", "Ctrl+Z", "Shift+ArrowRight"."""
        *names, key = combination.split("+") if combination != "+" else ["+"]
        letter = len(key) == 1
        text = key if letter and not set(names) - {"Shift"} else ""
        alone = letter and key.isascii() and key.isalnum()  # a sign's code would be another key's: & that of ArrowUp
        event = {"key": key, "modifiers": modifiers_of(names), "windowsVirtualKeyCode":
                 KEY_CODES.get(key, ord(key.upper()) if alone else 0)}
        if key == "Enter":
            text = "\r"
        self.command("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text,
                     **event)
        self.command("Input.dispatchKeyEvent", type="keyUp", **event)

    def type(self, text):
        for letter in text:
            self.press(letter)


class Browser(Tab):
    def __init__(self, width=1400, height=900, dark=False, profile=None):
        self.size, self.dark = (width, height), dark
        self.profile = pathlib.Path(profile or tempfile.mkdtemp(prefix="glossator-browser-"))
        self.keep_profile = profile is not None
        self.start()

    def start(self):
        (self.profile / "DevToolsActivePort").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [find_program(), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--no-first-run", "--disable-background-networking", "--remote-debugging-port=0",
             f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.port = self._port()
        page = next(p for p in self._wait_for_pages() if p["type"] == "page")
        super().__init__(page["webSocketDebuggerUrl"], self.size, self.dark)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        if not self.keep_profile:
            shutil.rmtree(self.profile, ignore_errors=True)

    def kill(self):
        """As when the power goes: no page hears of it. start() goes on with the same profile."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for lock in self.profile.glob("Singleton*"):
            lock.unlink()

    def tab(self):
        with urllib.request.urlopen(urllib.request.Request(
                f"http://127.0.0.1:{self.port}/json/new?about:blank", method="PUT")) as reply:
            return Tab(json.load(reply)["webSocketDebuggerUrl"], self.size, self.dark)

    def _port(self):
        port_file = self.profile / "DevToolsActivePort"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if port_file.exists() and port_file.read_text().strip():
                return port_file.read_text().split()[0]
            time.sleep(0.05)
        raise TimeoutError("the browser did not start")

    def _wait_for_pages(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/json/list") as reply:
                pages = json.load(reply)
            if any(p["type"] == "page" for p in pages):
                return pages
            time.sleep(0.05)
        raise TimeoutError("the browser has no page")
