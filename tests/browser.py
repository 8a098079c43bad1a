"""A real Chromium, and a real Jupyter server, for the tests that look at what people see."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    "Path of a Chromium; skips the test without one, fails it where AGENT_GYM_REQUIRE_BROWSER is set."
    found = os.environ.get("AGENT_GYM_CHROMIUM") or next(
        filter(
            None,
            map(
                shutil.which,
                ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
            ),
        ),
        None,
    )
    if found:
        return found
    say = "no Chromium found: install one (Debian: apt-get install chromium) or name it in AGENT_GYM_CHROMIUM"
    if os.environ.get("AGENT_GYM_REQUIRE_BROWSER"):
        pytest.fail(say)
    pytest.skip(say)


@contextmanager
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        b = p.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield b
        b.close()


def watch(page):
    "Lists that fill with the page's console errors and with requests that leave this machine."
    errors, outside = [], []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.on(
        "request",
        lambda r: (
            outside.append(r.url)
            if not r.url.startswith(
                (
                    "file:",
                    "data:",
                    "blob:",
                    "http://127.0.0.1",
                    "ws://127.0.0.1",
                    "http://localhost",
                )
            )
            else None
        ),
    )
    return errors, outside


def notebook(path: Path, cells) -> Path:
    path.write_text(
        json.dumps(
            {
                "nbformat": 4,
                "nbformat_minor": 5,
                "metadata": {
                    "kernelspec": {
                        "name": "agent-gym-test",
                        "display_name": "test",
                        "language": "python",
                    }
                },
                "cells": [
                    {
                        "cell_type": "code",
                        "id": f"c{i}",
                        "metadata": {},
                        "source": c,
                        "outputs": [],
                        "execution_count": None,
                    }
                    for i, c in enumerate(cells)
                ],
            }
        ),
        "utf-8",
    )
    return path


@contextmanager
def jupyter(app: str, folder: Path):
    "`lab` or `notebook` served from `folder` with a private kernel and configuration; yields its address."
    spec = folder / "share" / "kernels" / "agent-gym-test"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        json.dumps(
            {
                "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                "display_name": "test",
                "language": "python",
                "env": {"PYTHONPATH": str(ROOT)},
            }
        )
    )
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    env = {
        **os.environ,
        "JUPYTER_PATH": str(folder / "share"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "run"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "ws"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    module = "jupyterlab" if app == "lab" else "notebook"
    log = (folder / "server.log").open("w")
    p = subprocess.Popen(
        [
            sys.executable,
            "-m",
            module,
            "--no-browser",
            "--allow-root",
            f"--port={port}",
            "--ip=127.0.0.1",
            "--IdentityProvider.token=",
            "--ServerApp.password=",
            f"--ServerApp.root_dir={folder}",
            "--expose-app-in-browser",
            "--LabApp.news_url=None" if app == "lab" else "--JupyterNotebookApp.news_url=None",
            "--ServerApp.disable_check_xsrf=True",
        ],
        env=env,
        stdout=log,
        stderr=log,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(url + "/api", timeout=2).read()
                break
            except OSError:
                assert p.poll() is None, (folder / "server.log").read_text()
                time.sleep(0.1)
        yield url
    finally:
        p.terminate()
        p.wait(20)
        log.close()
