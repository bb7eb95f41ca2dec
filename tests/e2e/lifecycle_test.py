"""Signals as operators, load balancers and callers see them: SIGTERM drains, SIGHUP reads again."""
import os
import queue
import shutil
import signal
import threading
import time
import unittest

import grpc

from proto.picost.v1 import (calibrations_pb2, calibrations_pb2_grpc, catalog_pb2, catalog_pb2_grpc, edits_pb2,
                             oracle_pb2_grpc)
from harness import DATA, DaemonTestCase, empty_data, wait_for

# grpc.health.v1.HealthCheckResponse, as bytes: field 1 is the status.
SERVING, NOT_SERVING = b"\x08\x01", b"\x08\x02"


class Questions:
    """A StreamEstimate whose questions are asked one by one."""

    def __init__(self, channel):
        self.requests = queue.Queue()
        self.answers = oracle_pb2_grpc.CostOracleStub(channel).StreamEstimate(iter(self.requests.get, None))

    def ask(self, name):
        self.requests.put(edits_pb2.StreamEstimateRequest(correlation_id=name))
        return next(self.answers).correlation_id

    def end(self):
        self.requests.put(None)
        return list(self.answers)


class LifecycleTest(DaemonTestCase):

    def serving(self, channel):
        """Every state that the health service tells, as they come."""
        states = []
        watch = channel.unary_stream("/grpc.health.v1.Health/Watch", request_serializer=lambda b: b,
                                     response_deserializer=lambda b: b)(b"")

        def listen():
            try:
                for state in watch:
                    states.append(state)
            except grpc.RpcError:
                states.append("end")

        threading.Thread(target=listen, daemon=True).start()
        wait_for(lambda: states == [SERVING], "a first state")
        return states

    def test_calls_in_progress_go_on_while_new_ones_are_turned_away(self):
        daemon = self.start("--drain-seconds=60", data=empty_data(self.folder))
        with daemon.channel() as channel:
            states = self.serving(channel)
            self.assertEqual((200, "ready\n"), daemon.get("/readyz"))
            stream = Questions(channel)
            self.assertEqual("before", stream.ask("before"))
            daemon.process.send_signal(signal.SIGTERM)
            wait_for(lambda: NOT_SERVING in states, "health to be NOT_SERVING")
            status, text = daemon.get("/readyz")
            self.assertEqual(503, status)
            self.assertIn("ending", text)
            self.assertEqual((200, "alive\n"), daemon.get("/healthz"))
            with daemon.channel() as other, self.assertRaises(grpc.RpcError) as refused:
                catalog_pb2_grpc.CatalogStub(other).ListPrimitives(catalog_pb2.ListPrimitivesRequest(), timeout=20)
            self.assertEqual(grpc.StatusCode.UNAVAILABLE, refused.exception.code())
            self.assertEqual("after", stream.ask("after"))
            self.assertIsNone(daemon.process.poll(), "it waits for the call")
            self.assertEqual([], stream.end())
        self.assertEqual(0, daemon.process.wait(timeout=60))

    def test_calls_that_outlast_the_limit_are_cut_and_the_daemon_ends_with_0(self):
        daemon = self.start("--drain-seconds=1", data=empty_data(self.folder))
        with daemon.channel() as channel:
            stream = Questions(channel)
            self.assertEqual("before", stream.ask("before"))
            begin = time.monotonic()
            daemon.process.send_signal(signal.SIGTERM)
            with self.assertRaises(grpc.RpcError) as cut:
                next(stream.answers)
            self.assertIn(cut.exception.code(), (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED))
            self.assertEqual(0, daemon.process.wait(timeout=60))
            self.assertGreater(time.monotonic() - begin, 0.9, "it had its second")
            stream.requests.put(None)

    def test_aliases_of_the_folder_follow_sighup_and_a_mistake_leaves_the_old_in_use(self):
        data = os.path.join(self.folder, "data")
        shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("models", "published"))
        aliases = os.path.join(data, "calibration/aliases.textproto")
        with open(aliases) as f:
            shipped = f.read()

        def write(text):
            with open(aliases + ".new", "w") as f:
                f.write(text)
            os.replace(aliases + ".new", aliases)

        daemon = self.start(data=data)
        with daemon.channel() as channel:
            stub = calibrations_pb2_grpc.CalibrationsStub(channel)

            def table_of(alias):
                listed = stub.ListAliases(calibrations_pb2.ListAliasesRequest(page_size=1000), timeout=60)
                return {one.name: one.calibration for one in listed.aliases}.get("aliases/" + alias)

            self.assertIsNone(table_of("mine"))
            write(shipped + '\naliases { name: "mine" table: "emp" }\n')
            daemon.process.send_signal(signal.SIGHUP)
            wait_for(lambda: table_of("mine") == "calibrations/emp", "the alias")
            write(shipped + '\naliases { name: "mine" table: "no-such-table" }\n')
            daemon.process.send_signal(signal.SIGHUP)
            wait_for(lambda: "data not reloaded" in daemon.read_log(), "a line about the mistake")
            self.assertIn("no-such-table", daemon.read_log())
            self.assertEqual("calibrations/emp", table_of("mine"))
            self.assertEqual(1, daemon.metric('picost_reloads_total{result="failed",what="data"}'))
            self.assertEqual((200, "ready\n"), daemon.get("/readyz"))
            # Mended; nobody sends a signal.
            write(shipped + '\naliases { name: "mine" table: "cheetah" }\n')
            wait_for(lambda: table_of("mine") == "calibrations/cheetah", "the mended alias", 120)
        self.assertEqual(0, daemon.stop())

    def test_a_second_signal_changes_nothing(self):
        daemon = self.start("--drain-seconds=60", data=empty_data(self.folder))
        with daemon.channel() as channel:
            states = self.serving(channel)
            stream = Questions(channel)
            self.assertEqual("before", stream.ask("before"))
            daemon.process.send_signal(signal.SIGTERM)
            wait_for(lambda: NOT_SERVING in states, "health to be NOT_SERVING")
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                daemon.process.send_signal(number)
            self.assertEqual("after", stream.ask("after"))
            stream.end()
        self.assertEqual(0, daemon.process.wait(timeout=60))


if __name__ == "__main__":
    unittest.main()
