"""A private daemon: `with picost.local() as client`."""
from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from typing import Optional, Tuple

from picost.client import Client


class LocalClient(Client):
    """A client with a daemon of its own, which ends with it."""

    def __init__(self, program: str, data_dir: str, start_timeout: float = 120.0,
                 calibration_dir: str = "") -> None:
        # Unix sockets: no port that others could reach or take.
        self._folder: Optional[str] = tempfile.mkdtemp(prefix="picost-")
        socket = os.path.join(self._folder, "socket")
        self._log = open(os.path.join(self._folder, "log"), "wb")
        self._daemon = subprocess.Popen(
            [program, "--listen=unix:" + socket, "--data_dir=" + data_dir, "--store=memory",
             "--calibration_dir=" + calibration_dir],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        # Whatever the environment says of other daemons.
        super().__init__("unix:" + socket, ca="", token_file="")
        deadline = time.monotonic() + start_timeout
        while not os.path.exists(socket):
            if self._daemon.poll() is not None or time.monotonic() > deadline:
                with open(self._log.name, encoding="utf-8") as log:
                    text = log.read()
                self.close()
                raise RuntimeError("picostd did not start within %g s:\n%s" % (start_timeout, text))
            time.sleep(0.01)
        self.wait_ready()

    def __reduce__(self):
        # Workers talk to the same daemon; only this object ends it.
        return _private_client, (self.address,)

    def close(self) -> None:
        super().close()
        if self._daemon.poll() is None:
            self._daemon.terminate()
            self._daemon.wait()
        self._log.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _private_client(address: str) -> Client:
    return Client(address, ca="", token_file="")


def _built() -> Tuple[Optional[str], Optional[str]]:
    """The daemon that ./run.sh built and its data, in this folder or one above it."""
    here = os.getcwd()
    while True:
        program, data = os.path.join(here, ".picost", "picostd"), os.path.join(here, "data")
        if os.access(program, os.X_OK) and os.path.isdir(data):
            return program, data
        above = os.path.dirname(here)
        if above == here:
            return None, None
        here = above


def local(program: Optional[str] = None, data_dir: Optional[str] = None,
          calibration_dir: Optional[str] = None) -> LocalClient:
    """Starts picostd. program: PICOST_DAEMON, else picostd of PATH. data_dir: tables and
    deployments; PICOST_DATA_DIR. Within the repository what ./run.sh built serves for both.
    calibration_dir: what `picost calibrate run` wrote beside them; PICOST_CALIBRATION_DIR."""
    built, data = _built()
    program = program or os.environ.get("PICOST_DAEMON") or shutil.which("picostd") or built
    data_dir = data_dir or os.environ.get("PICOST_DATA_DIR") or data
    if not program or not data_dir:
        raise RuntimeError("local() needs the daemon and its data: run ./run.sh once and work in the "
                           "repository, or pass program= and data_dir=, or set PICOST_DAEMON and "
                           "PICOST_DATA_DIR")
    calibration_dir = calibration_dir or os.environ.get("PICOST_CALIBRATION_DIR", "")
    return LocalClient(program, data_dir, calibration_dir=calibration_dir)
