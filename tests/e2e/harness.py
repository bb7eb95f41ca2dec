"""The daemon as a process, and raw calls to it, for the tests of this folder."""
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

import grpc

PICOSTD = os.path.abspath("service/picostd")
DATA = os.path.abspath("data")
LONG = bool(os.environ.get("PICOST_LONG"))


def wait_for(condition, what, seconds=60):
    """Until condition() is true; its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("not within %d s: %s" % (seconds, what))
        time.sleep(0.02)


def empty_data(folder):
    """A data directory without tables: a daemon of it starts at once."""
    data = os.path.join(folder, "data")
    os.makedirs(os.path.join(data, "networks"))
    os.makedirs(os.path.join(data, "calibration"))
    for name in ("calibration/aliases.textproto", "deployments.textproto"):
        open(os.path.join(data, name), "w").close()
    return data


class Daemon:
    """picostd on free ports, with its admin port."""

    def __init__(self, folder, *flags, data=DATA, store="memory", prefix=(), soft_file_limit=None, expect_start=True):
        self.folder = folder
        self.files = {name: os.path.join(folder, name) for name in ("port", "admin_port")}
        for path in self.files.values():
            if os.path.exists(path):
                os.remove(path)
        self.log_path = os.path.join(folder, "log")
        self.log = open(self.log_path, "ab")
        before = None
        if soft_file_limit is not None:
            def before():
                import resource
                hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
                resource.setrlimit(resource.RLIMIT_FSIZE, (soft_file_limit, hard))
        self.process = subprocess.Popen(
            [*prefix, PICOSTD, "--listen=127.0.0.1:0", "--admin_listen=127.0.0.1:0", "--data_dir=" + data,
             "--store=" + store, "--port_file=" + self.files["port"], "--admin_port_file=" + self.files["admin_port"],
             *flags], stdout=self.log, stderr=self.log, preexec_fn=before)
        self.address = None
        if expect_start:
            wait_for(lambda: os.path.exists(self.files["port"]) or self.process.poll() is not None, "a start")
            if self.process.poll() is not None:
                raise AssertionError("picostd did not start:\n" + self.read_log())
            self.port = self._port("port")
            self.admin_port = self._port("admin_port")
            self.address = "127.0.0.1:%d" % self.port

    def _port(self, name):
        with open(self.files[name]) as f:
            return int(f.read())

    def read_log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def get(self, path):
        """Status and body of the admin port."""
        try:
            with urllib.request.urlopen("http://127.0.0.1:%d%s" % (self.admin_port, path), timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metric(self, name):
        """The value of a series, written as in the exposition; None where it is not there."""
        for line in self.get("/metrics")[1].splitlines():
            if line.startswith(name + " "):
                return float(line.split(" ")[-1])
        return None

    def channel(self):
        return grpc.insecure_channel(self.address, options=[("grpc.use_local_subchannel_pool", 1),
                                                            ("grpc.max_receive_message_length", -1)])

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(timeout=90)
        self.log.close()
        return status


class DaemonTestCase(unittest.TestCase):
    """A folder of its own; daemons started with `start` do not outlive the test."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def start(self, *flags, **options):
        daemon = Daemon(self.folder, *flags, **options)
        self.addCleanup(lambda: daemon.process.poll() is None and daemon.process.kill())
        return daemon
