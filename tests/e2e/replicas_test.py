"""Three daemons on one PostgreSQL, a client that balances over them, one killed: nothing is lost."""
import glob
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import grpc

from proto.picost.v1 import calibrations_pb2, calibrations_pb2_grpc, models_pb2, models_pb2_grpc
from faults_test import layers_of
from harness import DATA, Daemon, DaemonTestCase, empty_data, wait_for

BINARIES = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))


class Postgres:
    """A server of Debian's package in a folder of its own."""

    def __init__(self):
        # Short: the path of a socket has at most 107 bytes.
        self.folder = tempfile.mkdtemp(prefix="pg_", dir="/tmp")
        self.binaries = os.path.dirname(BINARIES[-1])
        self.prefix = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root; its package made a user for it
            subprocess.run(["chown", "postgres", self.folder], check=True)
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "env", "-i",
                           "PATH=/usr/bin:/bin"]
        self.run("initdb", "-D", self.folder + "/data", "-U", "picost", "-A", "trust", "--no-sync", "-E", "UTF8")
        self.address = "postgresql:///postgres?user=picost&host=" + self.folder
        self.start()

    def start(self):
        self.run("pg_ctl", "-D", self.folder + "/data", "-l", self.folder + "/log", "-w", "-o",
                 "-c listen_addresses= -c unix_socket_directories=%s" % self.folder, "start")

    def run(self, program, *arguments):
        subprocess.run([*self.prefix, os.path.join(self.binaries, program), *arguments], check=True, cwd="/",
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def crash(self):
        """Without a farewell, as when its machine goes away."""
        self.run("pg_ctl", "-D", self.folder + "/data", "-m", "immediate", "-w", "stop")

    def stop(self):
        self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)


class ReplicasTest(DaemonTestCase):

    def setUp(self):
        super().setUp()
        if not BINARIES:
            self.skipTest("Debian's package postgresql is not installed")
        self.postgres = Postgres()
        self.addCleanup(self.postgres.stop)

    def replicas(self, data):
        daemons = []
        for name in "abc":
            folder = os.path.join(self.folder, name)
            os.mkdir(folder)
            daemons.append(Daemon(folder, data=data, store=self.postgres.address))
            self.addCleanup(lambda d=daemons[-1]: d.process.poll() is None and d.process.kill())
        return daemons

    def test_one_of_three_is_killed_and_nothing_is_lost(self):
        daemons = self.replicas(empty_data(self.folder))
        target = "ipv4:" + ",".join(d.address for d in daemons)
        channel = grpc.insecure_channel(target, options=[("grpc.lb_policy_name", "round_robin")])
        self.addCleanup(channel.close)
        grpc.channel_ready_future(channel).result(30)
        stub = models_pb2_grpc.ModelsStub(channel)
        acknowledged, errors, stop = [], [], threading.Event()

        def write(first):
            number = first
            while not stop.is_set():
                number += 4
                request = models_pb2.CreateModelRequest(graph=layers_of(number))
                for attempt in range(100):
                    try:
                        acknowledged.append(stub.CreateModel(request, timeout=20).name)
                        break
                    except grpc.RpcError as error:
                        # What a client retries: the daemon that had the call is gone.
                        if error.code() != grpc.StatusCode.UNAVAILABLE or attempt == 99:
                            errors.append(error)
                            return
                        time.sleep(0.02)

        writers = [threading.Thread(target=write, args=(first,)) for first in range(4)]
        for writer in writers:
            writer.start()
        wait_for(lambda: len(acknowledged) > 200, "writes before the kill")
        self.assertEqual(-signal.SIGKILL, daemons[1].stop(signal.SIGKILL))
        before = len(acknowledged)
        wait_for(lambda: len(acknowledged) > before + 200, "writes after the kill")
        stop.set()
        for writer in writers:
            writer.join()
        self.assertEqual([], errors)
        served = [d.metric('picost_rpc_calls_total{code="OK",method="picost.v1.Models/CreateModel"}')
                  for d in (daemons[0], daemons[2])]
        self.assertTrue(all(count and count > 50 for count in served), "both left over must have served: %s" % served)
        for daemon in (daemons[0], daemons[2]):
            self.assertEqual(set(), set(acknowledged) - self.names(daemon))
            self.assertEqual(0, daemon.stop())

    def names(self, daemon):
        names, token = set(), ""
        with daemon.channel() as channel:
            while True:
                page = models_pb2_grpc.ModelsStub(channel).ListModels(
                    models_pb2.ListModelsRequest(page_size=1000, page_token=token), timeout=60)
                names.update(model.name for model in page.models)
                token = page.next_page_token
                if not token:
                    return names

    def test_the_database_goes_and_comes_back_and_the_daemons_need_no_hand(self):
        daemon = Daemon(self.folder, data=empty_data(self.folder), store=self.postgres.address)
        self.addCleanup(lambda: daemon.process.poll() is None and daemon.process.kill())
        with daemon.channel() as channel:
            stub = models_pb2_grpc.ModelsStub(channel)

            def create(number):
                return stub.CreateModel(models_pb2.CreateModelRequest(graph=layers_of(number)), timeout=60).name

            kept = {create(1)}
            self.assertEqual((200, "ready\n"), daemon.get("/readyz"))
            self.postgres.crash()
            with self.assertRaises(grpc.RpcError) as refused:
                create(2)
            self.assertEqual(grpc.StatusCode.UNAVAILABLE, refused.exception.code())
            self.assertRegex(refused.exception.details(), "the (store|database) ")
            self.assertEqual(503, daemon.get("/readyz")[0])
            self.assertEqual((200, "alive\n"), daemon.get("/healthz"))
            self.assertRegex(daemon.get("/metrics")[1], r'picost_store_failures_total\{operation="[a-z-]+"\} [1-9]')
            self.postgres.start()
            wait_for(lambda: daemon.get("/readyz")[0] == 200, "the daemon to be ready again")
            kept.add(create(3))
            self.assertLessEqual(kept, self.names(daemon))
        self.assertEqual(0, daemon.stop())

    def test_an_alias_moved_at_one_daemon_moves_at_the_others(self):
        data = os.path.join(self.folder, "data")
        shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("models", "published"))
        daemons = self.replicas(data)

        def alias(daemon):
            with daemon.channel() as channel:
                answer = calibrations_pb2_grpc.CalibrationsStub(channel).ListAliases(
                    calibrations_pb2.ListAliasesRequest(), timeout=60)
            return {a.name: a.calibration for a in answer.aliases}["aliases/cheetah-latest"]

        self.assertEqual({"calibrations/cheetah"}, {alias(d) for d in daemons})
        with daemons[0].channel() as channel:
            calibrations_pb2_grpc.CalibrationsStub(channel).SetAlias(
                calibrations_pb2.SetAliasRequest(name="aliases/cheetah-latest", calibration="calibrations/sci-he"),
                timeout=120)
        for daemon in daemons:
            wait_for(lambda d=daemon: alias(d) == "calibrations/sci-he", "the alias to move", 120)
            self.assertEqual(0, daemon.stop())


if __name__ == "__main__":
    unittest.main()
