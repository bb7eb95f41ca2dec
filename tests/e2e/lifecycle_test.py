"""SIGTERM as load balancers, callers and systemd see it: NOT_SERVING, calls in progress end, status 0."""
import queue
import signal
import threading
import time
import unittest

import grpc

from proto.picost.v1 import catalog_pb2, catalog_pb2_grpc, edits_pb2, oracle_pb2_grpc
from harness import DaemonTestCase, empty_data, wait_for

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
