"""Faults of machines and operators: killed, full, read-only and damaged stores, half-written tables.

Each is a clear error or a refusal, never a crash, and what was acknowledged is kept.
"""
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
import unittest
from contextlib import closing

import grpc

from proto.picost.v1 import catalog_pb2, catalog_pb2_grpc, graph_pb2, models_pb2, models_pb2_grpc
from harness import DATA, LONG, DaemonTestCase, empty_data, wait_for

KILLS = 500 if LONG else 20


def layers_of(number):
    """A network of two layers, another one for every number."""
    source = graph_pb2.GraphSource()
    linear = source.layer_shapes.layers.add(name="fc").linear
    linear.in_features, linear.out_features = number % 4000 + 1, number // 4000 + 2
    activation = source.layer_shapes.layers.add(name="act").activation
    activation.function, activation.elements = "relu", linear.out_features
    return source


class FaultsTest(DaemonTestCase):

    def create(self, channel, number, timeout=20):
        """The name of a new model; raises grpc.RpcError."""
        request = models_pb2.CreateModelRequest(graph=layers_of(number), display_name="m%d" % number)
        return models_pb2_grpc.ModelsStub(channel).CreateModel(request, timeout=timeout).name

    def names(self, channel):
        stub, names, token = models_pb2_grpc.ModelsStub(channel), set(), ""
        while True:
            page = stub.ListModels(models_pb2.ListModelsRequest(page_size=1000, page_token=token), timeout=60)
            names.update(m.name for m in page.models)
            token = page.next_page_token
            if not token:
                return names

    def test_kill_at_random_points_under_writes_loses_nothing_acknowledged(self):
        data, store = empty_data(self.folder), "sqlite:" + os.path.join(self.folder, "store.db")
        seed = random.randrange(2**32)
        chance = random.Random(seed)
        acknowledged, number = set(), [0]
        for kill in range(KILLS):
            daemon = self.start(data=data, store=store)
            with daemon.channel() as channel:
                missing = acknowledged - self.names(channel)
                self.assertEqual(set(), missing, "seed %d, kill %d" % (seed, kill))

                def write():
                    while True:
                        number[0] += 1
                        try:
                            acknowledged.add(self.create(channel, number[0]))
                        except grpc.RpcError:
                            return

                writer = threading.Thread(target=write)
                writer.start()
                time.sleep(chance.uniform(0.005, 0.25))
                self.assertEqual(-signal.SIGKILL, daemon.stop(signal.SIGKILL))
                writer.join()
        daemon = self.start(data=data, store=store)
        with daemon.channel() as channel:
            self.assertLessEqual(acknowledged, self.names(channel))
        self.assertGreater(len(acknowledged), KILLS, "the writer must have written between kills")
        self.assertEqual(0, daemon.stop())

    def check_full(self, daemon, free):
        """Writes until the store refuses; everything else goes on; after free() writes go on."""
        with daemon.channel() as channel:
            kept, error = set(), None
            for number in range(4000):
                try:
                    kept.add(self.create(channel, number))
                except grpc.RpcError as failed:
                    error = failed
                    break
            self.assertIsNotNone(error, "the store must fill up")
            self.assertIn(error.code(), (grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE))
            self.assertIn("store", error.details())
            self.assertLessEqual(kept, self.names(channel))
            catalog_pb2_grpc.CatalogStub(channel).ListPrimitives(catalog_pb2.ListPrimitivesRequest(), timeout=20)
            self.assertGreater(daemon.metric('picost_store_failures_total{operation="insert"}'), 0)
            free()
            kept.add(self.create(channel, 1_000_000))
            self.assertLessEqual(kept, self.names(channel))
        self.assertEqual(0, daemon.stop())

    def test_a_store_that_may_not_grow_refuses_writes_and_recovers_by_itself(self):
        daemon = self.start(data=empty_data(self.folder), store="sqlite:" + os.path.join(self.folder, "store.db"),
                            soft_file_limit=256 << 10)
        hard = resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE)[1]
        self.check_full(daemon, lambda: resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (hard, hard)))

    def in_namespace(self, script):
        """A command that mounts for the daemon alone, or a skip where that is not permitted."""
        prefix = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script + ' && exec "$0" "$@"']
        if subprocess.run([*prefix, "true"], capture_output=True, cwd=self.folder).returncode != 0:
            self.skipTest("mounting in a namespace of one's own is not permitted here")
        return prefix

    def test_a_full_disk_refuses_writes_and_recovers_by_itself(self):
        disk = os.path.join(self.folder, "disk")
        os.mkdir(disk)
        prefix = self.in_namespace("mount -t tmpfs -o size=640k none '%s'" % disk)
        daemon = self.start(data=empty_data(self.folder), store="sqlite:" + os.path.join(disk, "store.db"),
                            prefix=prefix)
        inside = "/proc/%d/root%s/ballast" % (daemon.process.pid, disk)
        with open(inside, "wb") as f:
            f.write(b"x" * (200 << 10))
        self.check_full(daemon, lambda: os.remove(inside))

    def test_a_read_only_store_is_refused_at_the_start_with_its_path(self):
        disk = os.path.join(self.folder, "disk")
        os.mkdir(disk)
        store = os.path.join(disk, "store.db")
        first = self.start(data=empty_data(self.folder), store="sqlite:" + store)
        self.assertEqual(0, first.stop())
        prefix = self.in_namespace("mount --bind '%s' '%s' && mount -o remount,bind,ro '%s'" % (disk, disk, disk))
        daemon = self.start(data=os.path.join(self.folder, "data"), store="sqlite:" + store, prefix=prefix,
                            expect_start=False)
        self.assertEqual(1, daemon.process.wait(timeout=60))
        self.assertRegex(daemon.read_log(), "(?i)store failed|readonly|read-only|unable to open")

    def test_a_damaged_store_is_refused_and_a_backup_opens(self):
        data, store = empty_data(self.folder), os.path.join(self.folder, "store.db")
        daemon = self.start(data=data, store="sqlite:" + store)
        with daemon.channel() as channel:
            kept = {self.create(channel, number) for number in range(200)}
            # As docs/operations.md says to: while the daemon runs.
            with closing(sqlite3.connect(store)) as source, closing(sqlite3.connect(store + ".backup")) as target:
                source.backup(target)
        self.assertEqual(0, daemon.stop())
        with open(store, "r+b") as f:
            f.seek(4096)
            f.write(b"\x5a" * 8192)
        damaged = self.start(data=data, store="sqlite:" + store, expect_start=False)
        self.assertEqual(1, damaged.process.wait(timeout=60))
        self.assertIn("backup", damaged.read_log())
        shutil.copy(store + ".backup", store)
        for ending in ("-wal", "-shm"):
            if os.path.exists(store + ending):
                os.remove(store + ending)
        restored = self.start(data=data, store="sqlite:" + store)
        with restored.channel() as channel:
            self.assertEqual(kept, self.names(channel))
        self.assertEqual(0, restored.stop())

    def test_a_half_written_table_is_left_out_and_picked_up_when_it_is_whole(self):
        data = os.path.join(self.folder, "data")
        shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("models", "published"))
        daemon = self.start(data=data)
        source, target = os.path.join(data, "calibration/emp"), os.path.join(data, "calibration/new")
        os.mkdir(target)
        with open(os.path.join(source, "samples.csv")) as f:
            samples = f.read()
        with open(os.path.join(target, "samples.csv"), "w") as f:
            f.write(samples[:len(samples) // 2 + 7])
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "table skipped" in daemon.read_log(), "a line about the table")
        self.assertIn("new/", daemon.read_log())
        self.assertEqual(1, daemon.metric("picost_calibration_tables_skipped"))
        self.assertEqual((200, "ready\n"), daemon.get("/readyz"))
        # The rest of it arrives; nobody sends a signal.
        with open(os.path.join(source, "table.textproto")) as f:
            text = f.read().replace('title: "', 'title: "Copy of ', 1)
        with open(os.path.join(target, "samples.csv"), "w") as f:
            f.write(samples)
        with open(os.path.join(target, "table.textproto"), "w") as f:
            f.write(text)
        wait_for(lambda: daemon.metric("picost_calibration_tables_skipped") == 0, "the table to be picked up", 120)
        with daemon.channel() as channel:
            tables = catalog_pb2_grpc.CatalogStub(channel).ListTables(catalog_pb2.ListTablesRequest(), timeout=20)
        self.assertIn("tables/new", [alias for table in tables.tables for alias in table.aliases])
        self.assertEqual(0, daemon.stop())


if __name__ == "__main__":
    unittest.main()
