"""A daemon killed while trials are written: nothing that was acknowledged is lost, nothing is there twice.

PICOST_LONG: 300 kills instead of 12.
"""
import os
import random
import signal
import threading
import time
import unittest

import grpc

from proto.picost.v1 import (deployment_pb2, edits_pb2, graph_pb2, models_pb2, models_pb2_grpc, studies_pb2,
                             studies_pb2_grpc)
from harness import LONG, DaemonTestCase, empty_data

KILLS = 300 if LONG else 12
ELEMENTS = 100_000
BATCH = 5
STUDY = "studies/s"


def bytes_of(trial):
    return trial.totals.online.client_to_server_bytes + trial.totals.online.server_to_client_bytes


def figures(trial):
    """What the caller reported."""
    return {metric.metric: metric.value for metric in trial.metrics}


def front_of(trials):
    """Names of the trials that no other one beats: most accuracy, least bytes; of equal ones the first."""
    found, best = [], float("-inf")
    for trial in sorted(trials, key=lambda t: (bytes_of(t), -figures(t)["accuracy"], number_of(t.name))):
        if figures(trial)["accuracy"] > best:
            best = figures(trial)["accuracy"]
            found.append(trial.name)
    return set(found)


def number_of(name):
    return int(name.rsplit("/", 1)[1])


class Writer(threading.Thread):
    """Adds trials one by one and in batches until the daemon is gone; sends first what was not answered."""

    def __init__(self, stub, make, unanswered, acknowledged):
        super().__init__()
        self.stub, self.make, self.unanswered, self.acknowledged = stub, make, unanswered, acknowledged

    def run(self):
        while True:
            if not self.unanswered:
                self.unanswered.extend(self.make())
            requests = list(self.unanswered)
            try:
                if len(requests) == 1:
                    answers = [self.stub.AddTrial(requests[0], timeout=20)]
                else:
                    answers = self.stub.BatchAddTrials(
                        studies_pb2.BatchAddTrialsRequest(parent=STUDY, requests=requests), timeout=20).trials
                for request, answer in zip(requests, answers):
                    self.acknowledged[request.request_id] = answer
                self.unanswered.clear()
                if len(self.acknowledged) % 3 == 0:
                    self.stub.GetParetoFront(studies_pb2.GetParetoFrontRequest(parent=STUDY), timeout=20)
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.UNAVAILABLE:
                    self.failure = error
                return

    failure = None


class StudyFaultsTest(DaemonTestCase):

    def open_study(self, channel):
        source = graph_pb2.GraphSource()
        linear = source.layer_shapes.layers.add(name="fc").linear
        linear.in_features, linear.out_features = 16, ELEMENTS
        activation = source.layer_shapes.layers.add(name="act").activation
        activation.function, activation.elements = "relu", ELEMENTS
        model = models_pb2_grpc.ModelsStub(channel).CreateModel(models_pb2.CreateModelRequest(graph=source), timeout=20).name
        study = studies_pb2.Study(budgets=[edits_pb2.SearchBudget(relu_elements=ELEMENTS // 2)])
        study.objectives.add(metric="accuracy", goal=studies_pb2.OBJECTIVE_GOAL_MAXIMIZE)
        study.objectives.add(metric="online_bytes", goal=studies_pb2.OBJECTIVE_GOAL_MINIMIZE, reference=1e9)
        studies_pb2_grpc.StudiesStub(channel).CreateStudy(
            studies_pb2.CreateStudyRequest(study_id="s", study=study), timeout=20)
        return model

    def request(self, model, serial, chance):
        """A link is enough: without tables, bytes are known all the same."""
        link = deployment_pb2.NetworkProfile(round_trip_seconds=0.01, client_to_server_bytes_per_second=1e7,
                                             server_to_client_bytes_per_second=1e7)
        trial = studies_pb2.Trial(model=model, tags=["serial-%d" % (serial % 7)])
        trial.protocol.protocol = "protocols/cheetah"
        trial.deployment.custom.network_profile.CopyFrom(link)
        trial.deployment.custom.client.threads = trial.deployment.custom.server.threads = 1
        trial.operations.add().keep_relus.MergeFrom(
            edits_pb2.KeepRelus(node="act", count=chance.randrange(ELEMENTS)))
        trial.metrics.add(metric="accuracy", value=chance.random())
        trial.metrics.add(metric="serial", value=serial)
        return studies_pb2.AddTrialRequest(parent=STUDY, trial=trial, request_id="request-%d" % serial)

    def trials(self, stub, after):
        found = []
        while True:
            page = stub.ListTrials(studies_pb2.ListTrialsRequest(parent=STUDY, page_size=1000, after_number=after), timeout=60)
            found.extend(page.trials)
            if not page.next_page_token:
                return found
            after = number_of(found[-1].name)

    def check(self, stub, acknowledged, serials, from_the_start=False):
        """What is kept is consistent in itself and with what was acknowledged: all of it, or what came since."""
        if from_the_start:
            self.known, self.front, self.feasible, self.there, self.checked = 0, [], 0, set(), 0
        trials = self.trials(stub, self.known)
        begin, self.known = self.known, self.known + len(trials)
        self.assertEqual(list(range(begin + 1, self.known + 1)), [number_of(t.name) for t in trials], "numbers have gaps")
        self.assertEqual(self.known, stub.GetStudy(studies_pb2.GetStudyRequest(name=STUDY)).trial_count)
        by_name = {trial.name: trial for trial in trials}
        for trial in list(acknowledged.values())[self.checked:]:
            # One whose answer the kill took was kept before and is answered again.
            if number_of(trial.name) > begin:
                self.assertEqual(trial, by_name.get(trial.name))
        self.checked = len(acknowledged)
        there = [int(figures(trial)["serial"]) for trial in trials]
        self.assertEqual(len(there), len(set(there) - self.there), "a request was added twice")
        self.there.update(there)
        self.assertLessEqual(self.there, set(range(serials)))
        # Batches are there as a whole or not at all.
        for batch in self.batches if from_the_start else self.batches[-3:]:
            self.assertIn(sum(serial in self.there for serial in range(batch, batch + BATCH)), (0, BATCH))
        for tag in range(7):
            tagged = stub.ListTrials(studies_pb2.ListTrialsRequest(
                parent=STUDY, page_size=1000, tag="serial-%d" % tag, after_number=begin))
            self.assertEqual([t.name for t in trials if t.tags == ["serial-%d" % tag]][:1000], [t.name for t in tagged.trials])
        front = stub.GetParetoFront(studies_pb2.GetParetoFrontRequest(parent=STUDY), timeout=60)
        # What was beaten once never comes back.
        names = front_of(self.front + trials)
        self.front = [trial for trial in self.front + trials if trial.name in names]
        self.feasible += sum(t.totals.relu_elements <= ELEMENTS // 2 for t in trials)
        self.assertEqual({trial.name for trial in self.front}, {point.trial for point in front.points})
        self.assertEqual((self.known, self.feasible), (front.trial_count, front.feasible_count))
        return self.known

    def test_kills_while_trials_are_written_lose_none_that_was_acknowledged(self):
        data, store = empty_data(self.folder), "sqlite:" + os.path.join(self.folder, "store.db")
        seed = random.randrange(2**32)
        chance = random.Random(seed)
        self.batches, acknowledged, unanswered, serial = [], {}, [], [0]
        model, kept = "", 0

        def make():
            count = BATCH if chance.random() < 0.3 else 1
            if count > 1:
                self.batches.append(serial[0])
            made = [self.request(model, serial[0] + i, chance) for i in range(count)]
            serial[0] += count
            return made

        for kill in range(KILLS):
            daemon = self.start(data=data, store=store)
            with self.subTest(seed=seed, kill=kill), daemon.channel() as channel:
                stub = studies_pb2_grpc.StudiesStub(channel)
                model = model or self.open_study(channel)
                kept = self.check(stub, acknowledged, serial[0], from_the_start=kill == 0)
                writer = Writer(stub, make, unanswered, acknowledged)
                writer.start()
                time.sleep(chance.uniform(0.005, 0.25))
                self.assertEqual(-signal.SIGKILL, daemon.stop(signal.SIGKILL))
                writer.join()
                self.assertIsNone(writer.failure)
        daemon = self.start(data=data, store=store)
        with daemon.channel() as channel:
            kept = self.check(studies_pb2_grpc.StudiesStub(channel), acknowledged, serial[0], from_the_start=True)
        print("%d kills, %d trials acknowledged, %d kept" % (KILLS, len(acknowledged), kept))
        self.assertGreater(len(acknowledged), KILLS, "the writer must have written between kills")
        self.assertEqual(0, daemon.stop())


if __name__ == "__main__":
    unittest.main()
