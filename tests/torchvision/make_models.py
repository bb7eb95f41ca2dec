#!/usr/bin/python3
"""Exports torchvision's networks without weights, and counts them by what torch runs.

    tests/torchvision/make_models.py FOLDER [NAME...]

Writes FOLDER/NAME.onnx and a line of FOLDER/counts.csv each. The counts are made
while torch evaluates the network, from the operators that it dispatches: nothing
of them has seen ONNX. Needs python3-torch, python3-torchvision and python3-onnx
(Debian 12: torch 1.13, torchvision 0.14, opset 16); no trained weights are fetched.
"""
import io
import os
import sys

import onnx
import torch
import torchvision
from torch.utils._python_dispatch import TorchDispatchMode

OPSET = 16
KEPT_ELEMENTS = 64  # as `picost strip`: larger tensors lose their values
RELUS = ("relu", "relu_", "hardtanh", "hardtanh_")


class Count(TorchDispatchMode):
    """Elements through ReLU or ReLU6, and multiply-adds by kind."""

    def __init__(self):
        super().__init__()
        self.relu_elements = self.conv_macs = self.linear_macs = self.private_matmul_macs = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        name = function.__name__.split(".")[0]
        if name in RELUS:
            self.relu_elements += result.numel()
        elif name == "convolution":
            self.conv_macs += result.numel() * args[1][0].numel()
        elif name in ("addmm", "mm"):
            a, b = args[1:3] if name == "addmm" else args[:2]
            self.linear_macs += a.shape[0] * a.shape[1] * b.shape[1]
        elif name in ("bmm", "baddbmm"):
            a, b = args[1:3] if name == "baddbmm" else args[:2]
            self.private_matmul_macs += a.shape[0] * a.shape[1] * a.shape[2] * b.shape[2]
        return result


def build(name):
    options = {}
    if name in ("inception_v3", "googlenet"):
        options["init_weights"] = False
    if name.startswith(("deeplab", "fcn", "lraspp")):
        options = {"weights": None, "weights_backbone": None}
    return torchvision.models.get_model(name, **options).eval()


def export(model, image):
    out = io.BytesIO()
    torch.onnx.export(model, image, out, opset_version=OPSET)
    proto = onnx.ModelProto.FromString(out.getvalue())
    for tensor in proto.graph.initializer:
        elements = 1
        for dim in tensor.dims:
            elements *= dim
        if elements > KEPT_ELEMENTS:
            tensor.ClearField("raw_data")
            tensor.ClearField("float_data")
    for node in proto.graph.node:
        node.ClearField("doc_string")
    return proto.SerializeToString()


def main():
    folder, names = sys.argv[1], sys.argv[2:] or torchvision.models.list_models(torchvision.models)
    with open(os.path.join(folder, "counts.csv"), "w", encoding="utf-8") as counts:
        counts.write("name,relu_elements,conv_macs,linear_macs,private_matmul_macs\n")
        for name in names:
            model = build(name)
            image = torch.zeros(1, 3, *([299] * 2 if name == "inception_v3" else [224] * 2))
            with Count() as count:
                model(image)
            for parameter in model.parameters():
                parameter.requires_grad_("vit" in name)  # off: a fused kernel that is no ONNX
            with open(os.path.join(folder, name + ".onnx"), "wb") as out:
                out.write(export(model, image))
            counts.write(f"{name},{count.relu_elements},{count.conv_macs},{count.linear_macs},"
                         f"{count.private_matmul_macs}\n")


if __name__ == "__main__":
    main()
