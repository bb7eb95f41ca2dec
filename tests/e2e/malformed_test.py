"""Requests that no client should send, and connections that no client should keep.

Ten thousand requests are made from the descriptors: fields missing, out of range, not a number, huge, enumerations
and names that nobody knows, bytes that are no UTF-8 and no message. Each gets a code of the caller's fault; the
daemon answers in between, and neither memory nor descriptors grow.
"""
import math
import os
import random
import socket
import time
import unittest

import grpc
from google.protobuf import descriptor

from proto.picost.v1 import (calibrations_pb2, catalog_pb2, catalog_pb2_grpc, graph_pb2, models_pb2, models_pb2_grpc,
                             oracle_pb2, studies_pb2, studies_pb2_grpc)
from harness import DATA, DaemonTestCase, wait_for

REQUESTS = 10_000
FIELD = descriptor.FieldDescriptor
FILES = (models_pb2, oracle_pb2, catalog_pb2, calibrations_pb2, studies_pb2)

# The caller's fault, each in its own way; OK where chance made a good request.
CALLERS_FAULT = {
    grpc.StatusCode.OK, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.OUT_OF_RANGE, grpc.StatusCode.ABORTED,
    grpc.StatusCode.ALREADY_EXISTS, grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.RESOURCE_EXHAUSTED,
}

INTEGERS = (0, 1, -1, 2, 7, 2**31 - 1, -2**31)
LONG_INTEGERS = INTEGERS + (2**63 - 1, -2**63, 10**12)
DOUBLES = (0.0, 1.0, -1.0, math.nan, math.inf, -math.inf, 1e308, -1e308, 5e-324, 1e-9)
STRINGS = ("", "x", "models/" + "a" * 64, "models/x", "protocols/cheetah", "protocols/nothing", "protocols/",
           "deployments/lan", "deployments/moon", "networks/wan1", "tables/cheetah", "calibrations/emp", "aliases/x",
           "studies/s", "studies/s/trials/1", "studies/x", "online_seconds", "../../etc/passwd", "\x00", "\u202e\u0000\uffff", "é" * 300, "A" * 20000, "'; DROP TABLE models; --")


class Generator:

    def __init__(self, seed, model):
        self.chance = random.Random(seed)
        self.model = model

    def scalar(self, field):
        pick = self.chance.choice
        if field.type == FIELD.TYPE_ENUM:
            known = [v.number for v in field.enum_type.values]
            return pick(known + [max(known) + 1, 10**6, -1])
        if field.type == FIELD.TYPE_BOOL:
            return pick((True, False))
        if field.type == FIELD.TYPE_STRING:
            return self.model if self.chance.random() < 0.3 else pick(STRINGS)
        if field.type == FIELD.TYPE_BYTES:
            return self.chance.randbytes(self.chance.choice((0, 1, 10, 200, 5000)))
        if field.type in (FIELD.TYPE_DOUBLE, FIELD.TYPE_FLOAT):
            return pick(DOUBLES)
        if field.type in (FIELD.TYPE_UINT32, FIELD.TYPE_UINT64, FIELD.TYPE_FIXED32, FIELD.TYPE_FIXED64):
            return abs(pick(INTEGERS[:-1]))
        return pick(INTEGERS if field.type in (FIELD.TYPE_INT32, FIELD.TYPE_SINT32) else LONG_INTEGERS)

    def fill(self, message, depth=0):
        for field in message.DESCRIPTOR.fields:
            if self.chance.random() < (0.3 if depth < 4 else 0.8):
                continue
            if field.label == FIELD.LABEL_REPEATED:
                if field.message_type and field.message_type.GetOptions().map_entry:
                    values = getattr(message, field.name)
                    for _ in range(self.chance.choice((0, 1, 3))):
                        values[self.chance.choice(STRINGS)] = self.scalar(field.message_type.fields_by_name["value"])
                    continue
                for _ in range(self.chance.choice((0, 1, 1, 3, 40))):
                    if field.type == FIELD.TYPE_MESSAGE:
                        if depth < 6:
                            self.fill(getattr(message, field.name).add(), depth + 1)
                    else:
                        getattr(message, field.name).append(self.scalar(field))
            elif field.type == FIELD.TYPE_MESSAGE:
                if depth < 6:
                    getattr(message, field.name).SetInParent()
                    self.fill(getattr(message, field.name), depth + 1)
            else:
                setattr(message, field.name, self.scalar(field))

    def spoiled(self, data):
        """Bytes that are, most likely, no message any more."""
        data = bytearray(data or b"\x0a\x05abcde")
        kind = self.chance.randrange(4)
        if kind == 0:
            del data[self.chance.randrange(len(data)):]
        elif kind == 1:
            for _ in range(3):
                data[self.chance.randrange(len(data))] = self.chance.randrange(256)
        elif kind == 2:
            data += b"\x0a\x04\xff\xfe\x80\x80"  # a string of field 1 that is no UTF-8
        else:
            data += b"\x0a\xff\xff\xff\xff\x0f"  # a length far beyond the end
        return bytes(data)


class MalformedTest(DaemonTestCase):

    def good_answer(self, channel):
        request = catalog_pb2.ListPrimitivesRequest(page_size=1)
        return catalog_pb2_grpc.CatalogStub(channel).ListPrimitives(request, timeout=20)

    def test_ten_thousand_malformed_requests_are_the_callers_fault(self):
        daemon = self.start()
        channel = daemon.channel()
        self.addCleanup(channel.close)
        with open(os.path.join(DATA, "models/minionn_cifar.onnx"), "rb") as f:
            create = models_pb2.CreateModelRequest(graph=graph_pb2.GraphSource(onnx=f.read()))
        model = models_pb2_grpc.ModelsStub(channel).CreateModel(create, timeout=60).name
        study = studies_pb2.CreateStudyRequest(study_id="s")
        study.study.objectives.add(metric="online_seconds", goal=studies_pb2.OBJECTIVE_GOAL_MINIMIZE)
        studies_pb2_grpc.StudiesStub(channel).CreateStudy(study, timeout=60)
        seed = random.randrange(2**32)
        generator = Generator(seed, model)
        methods = []
        for file in FILES:
            for service in file.DESCRIPTOR.services_by_name.values():
                for method in service.methods:
                    if not method.client_streaming and not method.server_streaming and method.name not in ("DeleteModel", "DeleteStudy"):
                        call = channel.unary_unary("/%s/%s" % (service.full_name, method.name),
                                                   request_serializer=lambda b: b, response_deserializer=lambda b: b)
                        methods.append((method, call))
        self.assertGreater(len(methods), 20)
        codes, resident = {}, None
        for number in range(REQUESTS):
            method, call = methods[number % len(methods)]
            message = method.input_type._concrete_class()
            generator.fill(message)
            data = message.SerializeToString()
            if number % 3 == 0:
                data = generator.spoiled(data)
            try:
                call(data, timeout=60)
                code = grpc.StatusCode.OK
            except grpc.RpcError as error:
                code = error.code()
                self.assertTrue(error.details(), "%s %s without a message (seed %d, request %d)" %
                                (method.full_name, code, seed, number))
            self.assertIn(code, CALLERS_FAULT, "%s (seed %d, request %d)" % (method.full_name, seed, number))
            codes[code] = codes.get(code, 0) + 1
            if number % 500 == 0:
                self.good_answer(channel)
            if number == REQUESTS // 4:
                resident = daemon.metric("process_resident_memory_bytes")
        self.assertGreater(codes.get(grpc.StatusCode.INVALID_ARGUMENT, 0), REQUESTS // 3, codes)
        # Caches and arenas have filled up by the first quarter.
        grown = daemon.metric("process_resident_memory_bytes") - resident
        self.assertLess(grown, max(64 << 20, 0.25 * resident), "seed %d" % seed)
        self.assertEqual(0, daemon.metric("picost_rpc_in_flight"))
        self.assertNotIn(" ERROR ", daemon.read_log())
        # Strangers cannot fill the disk with the daemon's lines.
        self.assertLess(daemon.read_log().count("\n"), 2000)
        self.assertEqual(0, daemon.stop())

    def test_malformed_streams_are_the_callers_fault_and_leave_nothing_open(self):
        daemon = self.start()
        channel = daemon.channel()
        self.addCleanup(channel.close)
        study = studies_pb2.CreateStudyRequest(study_id="s")
        study.study.objectives.add(metric="online_seconds", goal=studies_pb2.OBJECTIVE_GOAL_MINIMIZE)
        studies_pb2_grpc.StudiesStub(channel).CreateStudy(study, timeout=60)
        seed = random.randrange(2**32)
        generator = Generator(seed, "models/" + "a" * 64)
        kinds = {(True, False): channel.stream_unary, (False, True): channel.unary_stream,
                 (True, True): channel.stream_stream}
        streams = []
        for file in FILES:
            for service in file.DESCRIPTOR.services_by_name.values():
                for method in service.methods:
                    kind = kinds.get((method.client_streaming, method.server_streaming))
                    if kind is not None:
                        call = kind("/%s/%s" % (service.full_name, method.name), request_serializer=lambda b: b,
                                    response_deserializer=lambda b: b)
                        streams.append((method, call))
        self.assertEqual(["UploadModel", "StreamEstimate", "WatchTrials"], [method.name for method, _ in streams])
        allowed = CALLERS_FAULT | {grpc.StatusCode.CANCELLED, grpc.StatusCode.DEADLINE_EXCEEDED}
        codes = {}
        for number in range(REQUESTS // 10):
            method, call = streams[number % len(streams)]
            messages = []
            for _ in range(generator.chance.choice((0, 1, 1, 2, 5)) if method.client_streaming else 1):
                message = method.input_type._concrete_class()
                generator.fill(message)
                data = message.SerializeToString()
                messages.append(generator.spoiled(data) if generator.chance.random() < 0.4 else data)
            try:
                if method.server_streaming:
                    # Of a study that there is, trials are watched for ever: the caller gives up.
                    answers = call(iter(messages) if method.client_streaming else messages[0],
                                   timeout=60 if method.client_streaming else 0.5)
                    if generator.chance.random() < 0.2:
                        answers.cancel()
                    for _ in answers:
                        pass
                else:
                    call(iter(messages), timeout=60)
                code = grpc.StatusCode.OK
            except grpc.RpcError as error:
                code = error.code()
            self.assertIn(code, allowed, "%s (seed %d, stream %d)" % (method.full_name, seed, number))
            codes[code] = codes.get(code, 0) + 1
            if number % 100 == 0:
                self.good_answer(channel)
        self.assertGreater(codes.get(grpc.StatusCode.INVALID_ARGUMENT, 0), REQUESTS // 50, codes)
        wait_for(lambda: daemon.metric("picost_rpc_in_flight") == 0, "every stream to end")
        self.assertNotIn(" ERROR ", daemon.read_log())
        self.assertEqual(0, daemon.stop())

    def test_slow_stalled_and_half_closed_connections_are_cleared_away(self):
        daemon = self.start()
        channel = daemon.channel()
        self.addCleanup(channel.close)
        self.good_answer(channel)
        descriptors = daemon.metric("process_open_fds")
        preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        settings = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
        # The begin of a request's headers (HEADERS without END_HEADERS) and of a body that never ends.
        headers = bytes([0, 0, 1, 1, 0, 0, 0, 0, 1, 0x83])
        openings = [b"", b"GET / HTTP/1.1\r\n\r\n", os.urandom(300), preface[:10], preface, preface + settings,
                    preface + settings + headers]
        sockets = []
        self.addCleanup(lambda: [s.close() for s in sockets])
        for number in range(140):
            one = socket.create_connection(("127.0.0.1", daemon.port), timeout=20)
            sockets.append(one)
            try:
                one.sendall(openings[number % len(openings)])
                if number % 2:
                    one.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the daemon has closed it already: garbage
        slow = sockets[4]
        for byte in settings:  # one byte at a time
            try:
                slow.sendall(bytes([byte]))
            except OSError:
                break
            self.good_answer(channel)
            time.sleep(0.05)
        for one in sockets:
            one.close()
        wait_for(lambda: daemon.metric("process_open_fds") <= descriptors + 5, "descriptors to be given back", 60)
        self.good_answer(channel)
        self.assertEqual(0, daemon.stop())

    def test_connections_that_never_speak_are_closed_by_the_daemon(self):
        daemon = self.start()
        silent = [socket.create_connection(("127.0.0.1", daemon.port), timeout=60) for _ in range(20)]
        self.addCleanup(lambda: [s.close() for s in silent])
        for one in silent:
            one.settimeout(60)
            try:
                while one.recv(4096):  # its settings, then the end
                    pass
            except ConnectionResetError:
                pass
        with daemon.channel() as channel:
            self.good_answer(channel)
        self.assertEqual(0, daemon.stop())


if __name__ == "__main__":
    unittest.main()
