"""Writes what cost_forms.py says about DELPHI: testdata/delphi_expected.csv.

    python3 make_delphi_expectations.py data/models/truth.json > testdata/delphi_expected.csv

Rows: every convolution, linear layer and ReLU of the CIFAR sample models, and a
grid of convolutions around the steps of the packing.
"""
import csv
import json
import sys

import cost_forms

CIFAR = ("minionn_cifar", "resnet18_cifar", "resnet18_cifar_nostem", "resnet32_cifar",
         "vgg16_cifar", "wrn22_8_cifar")
CIPHERTEXT = 524393
SLOTS = 8192


def conv_row(h, w, ci, co, k, stride, pad):
    r = cost_forms.delphi_conv(h, w, ci, co, k)
    return ["conv", h, w, ci, co, k, stride, pad, 0, r["up"], r["dn"], r["enc"], r["mults"], r["ks"], r["dec"]]


def linear_row(features, out):
    # protocol_costs, section 1.3: one ciphertext each way, diagonals packed. Keys are for
    # powers of two: a rotation by i switches keys for each digit of i.
    width = cost_forms.np2(features)
    diagonals = cost_forms.cd(cost_forms.np2(out), max(1, SLOTS // width))
    switches = sum(map(cost_forms.naf_w, range(1, diagonals))) + cost_forms.clog2(max(1, width // diagonals))
    return ["linear", 0, 0, features, out, 0, 0, 0, 0, CIPHERTEXT + 8, CIPHERTEXT + 8, 1, diagonals, switches, 1]


def relu_row(n):
    r = cost_forms.delphi_relu(n)
    return ["relu", 0, 0, 0, 0, 0, 0, 0, n, r["off_up_ot"], r["off_dn_gc"] + r["off_dn_ot"], r["on_dn"],
            r["store_client"], 0, 0]


def rows(truth):
    for name in CIFAR:
        for op in truth[name]["ops"]:
            if op["kind"] == "conv_macs":
                _, ci, h, w = op["shape_in"]
                yield conv_row(h, w, ci, op["weight"][0], op["weight"][2], op["stride"][0], op["padding"][0])
            elif op["kind"] == "linear_macs":
                yield linear_row(op["k"], op["n_out"])
            elif op["kind"] == "relu":
                yield relu_row(op["n"])
    for side in (1, 2, 5, 8, 16, 31, 32, 33, 45, 64):
        for ci in (1, 3, 8, 64, 65):
            for co in (1, 5, 64, 96):
                for k in (1, 3):
                    yield conv_row(side, side, ci, co, k, 1, k // 2)


def main():
    with open(sys.argv[1]) as file:
        truth = json.load(file)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow("kind height width in out kernel stride pad elements up down "
                    "encryptions_or_online products_or_storage key_switches decryptions".split())
    seen = set()
    for row in rows(truth):
        if tuple(row) not in seen:
            seen.add(tuple(row))
            writer.writerow(row)


if __name__ == "__main__":
    main()
