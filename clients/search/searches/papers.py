"""docs/papers.md: what the papers published beside what is predicted for the same networks.

    clients/search/papers > docs/papers.md
"""
from __future__ import annotations

import argparse
import collections
import csv
import os
import sys
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

import picost
from picost import shapes as s
from picost._wire import deployment_pb2

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DELPHI = {"protocol": "delphi", "deployment": "loopback"}
# Online seconds of the ASPLOS 2023 artifact for ResNet-18 of 557,056 ReLUs:
# data/published/delphi_phases_cifar10.csv, on_client_compute_relu + on_server_compute_encode and
# on_server_compute_linear.
MEASURED_RELU, MEASURED_LINEAR = 10.168901 + 1.9914513, 0.4276910


def kept_of(elements: int, fraction: float) -> Optional[int]:
    return None if fraction >= 1 else round(elements * fraction)


def block(layers: List[s.Layer], name: str, before: str, channels: int, inputs: int, stride: int,
          height: int, fraction: float) -> str:
    """A basic residual block, as in ResNet-18; the name of its result."""
    elements = channels * height * height
    layers += [s.conv(name + ".c1", channels, 3, stride, source=before),
               s.relu(name + ".r1", kept=kept_of(elements, fraction)),
               s.conv(name + ".c2", channels, 3)]
    skip = before
    if stride != 1 or inputs != channels:
        layers.append(s.conv(name + ".skip", channels, 1, stride, source=before))
        skip = name + ".skip"
    layers += [s.add(name + ".sum", name + ".c2", skip),
               s.relu(name + ".r2", kept=kept_of(elements, fraction))]
    return name + ".r2"


def resnet18(size: int, fraction: float, classes: int = 100) -> Any:
    """The papers' ResNet-18: a 3x3 stem of stride 1, no max pooling."""
    layers = [s.conv("stem", 64, 3), s.relu("stem.r", kept=kept_of(64 * size * size, fraction))]
    last, inputs, height = "stem.r", 64, size
    for stage, channels in enumerate((64, 128, 256, 512)):
        for i in range(2):
            stride = 2 if stage and not i else 1
            height //= stride
            last = block(layers, "s%d.b%d" % (stage, i), last, channels, inputs, stride, height, fraction)
            inputs = channels
    layers += [s.pool("pool", "average", height), s.linear("fc", classes)]
    return s.shapes((3, size, size), *layers)


def wide_resnet(size: int, fraction: float, classes: int = 100) -> Any:
    """WRN-22-8: pre-activation blocks of 128, 256 and 512 channels, three in each stage."""
    layers = [s.conv("stem", 16, 3)]
    last, inputs, height = "stem", 16, size
    for stage, channels in enumerate((128, 256, 512)):
        for i in range(3):
            stride = 2 if stage and not i else 1
            name = "s%d.b%d" % (stage, i)
            layers.append(s.relu(name + ".r1", last,
                                 kept=kept_of(inputs * height * height, fraction)))
            height //= stride
            layers += [s.conv(name + ".c1", channels, 3, stride),
                       s.relu(name + ".r2", kept=kept_of(channels * height * height, fraction)),
                       s.conv(name + ".c2", channels, 3)]
            skip = last
            if inputs != channels:
                layers.append(s.conv(name + ".skip", channels, 1, stride, source=name + ".r1"))
                skip = name + ".skip"
            layers.append(s.add(name + ".sum", name + ".c2", skip))
            last, inputs = name + ".sum", channels
    layers += [s.relu("last.r", kept=kept_of(inputs * height * height, fraction)),
               s.pool("pool", "average", height), s.linear("fc", classes)]
    return s.shapes((3, size, size), *layers)


class Network(NamedTuple):
    make: Any
    relus_at_32: int


# WRN-22-8 of the papers has no ReLU behind its first convolution; the file has 1,392,640.
NETWORKS = {"ResNet18": Network(resnet18, 557056), "WRN-22-8": Network(wide_resnet, 1392640)}


class Prediction(NamedTuple):
    relu_seconds: float  # evaluation and label encoding, computing alone
    online_seconds: float  # the whole online phase over the loopback
    relus: int


def predict(oracle: picost.Client, network: str, size: int, relus: int) -> Prediction:
    """ReLUs are spread over the layers in proportion to their sizes: the papers' own masks are
    not published, and the cost of garbled circuits depends on their number alone."""
    known = NETWORKS[network]
    whole = known.relus_at_32 * (size // 32)**2
    estimate = oracle.estimate(known.make(size, relus / whole), **DELPHI)
    seconds = sum(layer.online.client_compute_seconds.p50 + layer.online.server_compute_seconds.p50
                  for layer in estimate.message.layers if layer.kind == "relu")
    return Prediction(seconds, estimate.online.seconds or 0.0, estimate.relu_elements)


def rows_of(path: str) -> List[Dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def short(source: str) -> str:
    return source.replace(" as re-reported in ReLUPruner AAAI-26", "")


def percent(value: float, published: float) -> str:
    return "%+.0f %%" % (100 * (value / published - 1))


def delphi_rows(oracle: picost.Client, rows: Sequence[Dict[str, str]]) -> List[str]:
    lines = ["| paper | network | data | ReLUs | published | ReLU part | | whole online phase | | note |",
             "|---|---|---|---|---|---|---|---|---|---|"]
    for row in rows:
        size = int(row["input"].split("x")[-1])
        relus, published = int(row["relu_count"]), float(row["latency_s"])
        name = row["network"] if row["network"] in NETWORKS else "ResNet18"
        guess = predict(oracle, name, size, relus)
        whole = ("%.3g s | %s" % (guess.online_seconds, percent(guess.online_seconds, published))
                 if row["network"] in NETWORKS else "network not published |")
        lines.append("| %s | %s | %s | %s | %s s | %.3g s | %s | %s | %s |" % (
            short(row["source"]), row["network"], row["dataset"], "{:,}".format(relus), row["latency_s"],
            guess.relu_seconds, percent(guess.relu_seconds, published), whole, row["note"]))
    return lines


def contradictions(rows: Sequence[Dict[str, str]]) -> List[str]:
    """Rows that cannot all be true of one cost model: under DELPHI seconds follow the ReLUs."""
    groups: Dict[Any, List[Tuple[int, float, float, str]]] = collections.defaultdict(list)
    for row in rows:
        accuracy = float(row["accuracy"]) if row["accuracy"] else float("nan")
        groups[short(row["source"]), row["network"], row["input"]].append(
            (int(row["relu_count"]), float(row["latency_s"]), accuracy, row["dataset"]))
    found = []
    for (source, network, _), points in groups.items():
        for i, (k, t, a, data) in enumerate(points):
            for other, u, b, data2 in points[i + 1:]:
                if abs(k - other) <= 0.02 * k and abs(t / u - 1) > 0.1:
                    found.append("%s, %s: %s ReLUs take %g s on %s and %s take %g s on %s, of the same "
                                 "size." % (source, network, "{:,}".format(k), t, data,
                                            "{:,}".format(other), u, data2))
                elif data == data2 and (k - other) * (a - b) < 0:
                    found.append("%s, %s on %s: %s ReLUs reach %g %%, %s reach %g %%: more ReLUs, less "
                                 "accuracy." % (source, network, data, "{:,}".format(k), a,
                                                "{:,}".format(other), b))
                elif data == data2 and abs(k - other) > 0.02 * k:
                    slope = (t - u) / (k - other)
                    if slope < 0.5 * PER_RELU or slope > 2 * PER_RELU:
                        found.append(
                            "%s, %s on %s: from %s to %s ReLUs %.3g microseconds for each further one; "
                            "measured are %.3g." % (source, network, data, "{:,}".format(min(k, other)),
                                                    "{:,}".format(max(k, other)), slope * 1e6,
                                                    PER_RELU * 1e6))
    for (source, network, size), points in groups.items():
        less = [(t, k * PER_RELU) for k, t, _, _ in points if k * PER_RELU > 1.25 * t]
        if less:
            found.append("%s, %s, %s: %d of %d rows take less than garbled circuits take for their "
                         "ReLUs at the measured rate, by a factor of up to %.1f, while most other rows "
                         "of the table agree with that rate." % (
                             source, network, size, len(less), len(points),
                             max(relus / t for t, relus in less)))
    by_count: Dict[Any, List[Tuple[float, str]]] = collections.defaultdict(list)
    for row in rows:
        by_count[row["relu_count"], row["input"]].append((float(row["latency_s"]), short(row["source"])))
    for (count, _), values in by_count.items():
        fast, slow = min(values), max(values)
        if slow[0] > 1.25 * fast[0] and slow[1] != fast[1]:
            found.append("%s ReLUs: %s says %g s, %s %g s, both under DELPHI." % (
                "{:,}".format(int(count)), fast[1], fast[0], slow[1], slow[0]))
    return found


PER_RELU = MEASURED_RELU / 557056


# No link at all: latency is the computing of both parties.
COMPUTING = deployment_pb2.CustomDeployment(
    base="deployments/loopback", network_profile=deployment_pb2.NetworkProfile(
        round_trip_seconds=0, client_to_server_bytes_per_second=1e15,
        server_to_client_bytes_per_second=1e15))


def model(name: str) -> str:
    return os.path.join(ROOT, "data/models", name + ".onnx")


def phases(oracle: picost.Client, rows: Sequence[Dict[str, str]]) -> List[str]:
    """The artifact's own networks: these figures are what the table was made of."""
    files = {"ResNet18": "resnet18_cifar", "ResNet32": "resnet32_cifar", "VGG16": "vgg16_cifar"}
    lines = ["| network | ReLUs | phase | published computing | predicted | | published MB | predicted MB | |",
             "|---|---|---|---|---|---|---|---|---|"]
    for row in rows:
        network = model(files[row["network"]])
        layers = oracle.estimate(network, **DELPHI).layers
        edit = [picost.edits.swap_pool(layer.node, "average") for layer in layers
                if layer.kind == "maxpool"]
        totals, = oracle.evaluate_edits(network, [edit], protocol="delphi", deployment=COMPUTING)
        cost = getattr(totals, row["phase"].split()[0])
        megabytes = cost.bytes / 1e6
        lines.append("| %s | %s | %s | %s s | %.4g s | %s | %s | %.5g | %s |" % (
            row["network"], "{:,}".format(totals.relu_elements), row["phase"].split()[0],
            row["latency_s"], cost.seconds, percent(cost.seconds, float(row["latency_s"])),
            row["comm_MB"], megabytes, percent(megabytes, float(row["comm_MB"]))))
    return lines


def link(round_trip: float, bytes_per_second: float) -> deployment_pb2.CustomDeployment:
    return deployment_pb2.CustomDeployment(
        base="deployments/wan", network_profile=deployment_pb2.NetworkProfile(
            round_trip_seconds=round_trip, client_to_server_bytes_per_second=bytes_per_second,
            server_to_client_bytes_per_second=bytes_per_second))


def quadratics(oracle: picost.Client) -> Tuple[Any, Any]:
    """ResNet-32 with 26 of 31 activations quadratic: the 5 smallest stay ReLUs, or the 5 largest."""
    network = model("resnet32_cifar")
    sizes = sorted((layer.relu_elements, layer.node)
                   for layer in oracle.estimate(network, **DELPHI).layers if layer.relu_elements)
    edits = [[picost.edits.polynomial(node, 2) for _, node in part]
             for part in (sizes[5:], sizes[:-5])]
    few, many = oracle.evaluate_edits(network, edits, **DELPHI)
    return few, many


# Sources whose rows stand in the section "Others".
OTHERS = ("arXiv abstract Cheetah (USENIX Sec 22)", "mc2-project/delphi issue #19 (quoting paper)",
          "arXiv abstract PILLAR")


def others(oracle: picost.Client) -> List[str]:
    imagenet = oracle.estimate(model("resnet50_224"), protocol="cheetah", deployment=link(0.04, 50e6))
    few, many = quadratics(oracle)
    lines = ["| source | what | published | predicted | note |", "|---|---|---|---|---|",
             "| Cheetah (USENIX Security 2022), abstract | ResNet-50, 224x224, 400 Mbit/s, 40 ms | under 150 s, "
             "2,300 MB | %.4g s, %.5g MB | not reproduced: the table is of one thread on another machine (the maintainer names "
             "4 threads in OpenCheetah, issue 26); the bytes are above the forms, which OpenCheetah's own meters "
             "confirm on other networks (docs/accuracy.md) |" % (
                 imagenet.online.seconds, imagenet.online.bytes / 1e6),
             "| DELPHI (USENIX Security 2020), quoted in mc2-project/delphi, issue 19 | ResNet-32, 26 of 31 "
             "activations quadratic | 3.8 s online, 60 MB | %s, %.3g to %.3g MB | which five stay ReLUs is "
             "not said: the smallest to the largest; nor is the link |" % (
                 "no table of this deployment covers its squares"
                 if few.online.seconds is None or many.online.seconds is None else
                 "%.3g to %.3g s on loopback" % (few.online.seconds, many.online.seconds),
                 few.online.bytes / 1e6, many.online.bytes / 1e6)]
    for network in ("resnet18_cifar", "resnet32_cifar", "vgg16_cifar"):
        for protocol in ("pillar-espn", "pillar-honeybadger"):
            estimate = oracle.estimate(model(network), protocol=protocol, deployment="wan")
            message = estimate.message.online
            seconds = (estimate.online.seconds if estimate.online.seconds is not None else
                       message.transfer_seconds + message.flight_seconds)
            what = "" if estimate.online.seconds is not None else " of the link `wan` alone"
            lines.append("| PILLAR (USENIX Security 2024), abstract | %s, %s, degree 4 | \"3-110x\" over a WAN; no "
                         "seconds found | %.4g MB, %d flights: %.3g s%s | nothing to compare with |" % (
                             network, protocol, estimate.online.bytes / 1e6, estimate.online.flights,
                             seconds, what))
    return lines


def page(oracle: picost.Client, rows: Sequence[Dict[str, str]]) -> str:
    delphi = [r for r in rows if r["protocol"] == "Delphi (GC ReLU)" and r["latency_s"]]
    artifact = [r for r in rows if "(ASPLOS23)" in r["source"]]
    shown = {id(r) for r in delphi + artifact + [r for r in rows if r["source"] in OTHERS]}
    rest = collections.Counter((short(r["source"]), r["protocol"] or "-",
                                "yes" if r["latency_s"] else "no")
                               for r in rows if id(r) not in shown)
    resnet = [r for r in delphi if short(r["source"]) == "SNL" and r["network"] == "ResNet18"]
    errors = []
    for row in resnet:
        guess = predict(oracle, "ResNet18", int(row["input"].split("x")[-1]), int(row["relu_count"]))
        errors.append(guess.relu_seconds / float(row["latency_s"]) - 1)
    inside = sum(abs(e) <= 0.1 for e in errors)
    return TEXT.format(
        count=len(resnet), inside=inside, low="%+.1f" % (100 * min(errors)),
        high="%+.1f" % (100 * max(errors)), linear=MEASURED_LINEAR, relu=MEASURED_RELU,
        per=PER_RELU * 1e6, delphi="\n".join(delphi_rows(oracle, delphi)),
        contradictions="\n".join("* " + line for line in contradictions(delphi)),
        phases="\n".join(phases(oracle, artifact)), others="\n".join(others(oracle)),
        rest="\n".join("| %s | %s | %s | %d |" % (*key, n) for key, n in rest.items()))


TEXT = """# Published latencies against predicted ones

Generated: `clients/search/papers > docs/papers.md`. Do not edit. Figures are those of
`data/published/published_numbers.csv`, with their sources there. Most are second-hand: the latencies of CryptoNAS,
DeepReDuce, SNL, SENet and Sphynx are taken from a later paper's comparison (ReLUPruner, AAAI 2026), which does not say on
what machine and over what link; rows that disagree with each other are named below.

## DELPHI: networks of the papers at their ReLU budgets

*ReLU part*: garbled-circuit evaluation and label encoding of the ReLUs, computing alone, both parties on one machine. *Whole
online phase*: with the linear layers and the loopback. Deployment `loopback`: the tables are the phases that Garimella et al.
(ASPLOS 2023) measured on an AMD EPYC 7502 ({per:.1f} microseconds for each ReLU); none is fitted to a row of this table.
ReLUs are spread over the layers in proportion to their sizes, since the papers' masks are not published. For a network that
is not published ("-found", "-derived") only the ReLU part is predicted, which depends on the number of ReLUs.

SNL's ResNet-18, {count} rows: the ReLU part is within 10 % of {inside} of them ({low} to {high} %). The published figures
thus appear to leave out the linear layers: the same artifact measured {linear:.2f} s for those of ResNet-18 beside
{relu:.2f} s for its 557,056 ReLUs, which at 12,900 ReLUs is more than the ReLUs take.

{delphi}

## Rows that contradict each other

{contradictions}

## The artifact that the DELPHI tables are made of

Both parties' computing, single-threaded, without a link. The tables were fitted to these phases, so that agreement in seconds shows only
that the composition adds up; bytes are closed forms, fitted to nothing. The artifact's ResNet-18 has no projections on its skips (17
convolutions), its VGG-16 two layers of 4,096 (284,672 ReLUs); ours have 20 convolutions and no such layers, and differ by that.
Max pooling is priced as average pooling here, as the artifact's bytes leave no room for comparisons.

{phases}

## Others

{others}

## Rows that are not compared

Without a latency, of a protocol that is not modelled here (three parties, FPGA, other polynomials or fields), or of a network whose shape is
not published.

| source | protocol | latency published | rows |
|---|---|---|---|
{rest}

One of them matters to every mask search: an issue of SPU (secretflow/spu, issue 701) reports that masking a ResNet-18 from 491,520 to 50,000
ReLUs made a Cheetah-type protocol slower, 0.5 s to 3.5 s. The `cheetah` plan here has the same effect for another reason: a layer in which some elements
stay ReLUs can no longer truncate inside the ReLU (see clients/search/README.md).
"""


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="papers", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", help="HOST:PORT; default: a private daemon")
    options = parser.parse_args(arguments)
    with picost.Client(options.server) if options.server else picost.local() as oracle:
        sys.stdout.write(page(oracle, rows_of(os.path.join(
            ROOT, "data/published/published_numbers.csv"))))
    return 0
