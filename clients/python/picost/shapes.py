"""Networks as plain layer shapes: no ONNX, no framework.

    shapes((3, 32, 32), conv("c1", 16, 3), relu("r1"), linear("fc", 10))

Sizes follow from layer to layer. A layer reads the one before it, unless it names others
that came earlier: add("sum", "r1", "c2").
"""
from __future__ import annotations

import math
from typing import Callable, Dict, Optional, Sequence, Tuple

from picost._wire import graph_pb2

Size = Tuple[int, ...]
# What it reads, and a function of the sizes read that gives the layer and its size.
Layer = Tuple[str, Sequence[str], Callable[[Sequence[Size]], Tuple[graph_pb2.LayerShape, Size]]]


def shapes(size: Size, *layers: Layer, name: str = "") -> graph_pb2.LayerShapes:
    """size: of the client's input, (channels, height, width) or (features,)."""
    network = graph_pb2.LayerShapes(name=name)
    sizes: Dict[str, Size] = {}
    last = tuple(size)
    for layer, reads, build in layers:
        for source in reads:
            if source not in sizes:
                raise ValueError("%s reads %s, which is no earlier layer" % (layer, source))
        message, last = build([sizes[source] for source in reads] or [last])
        message.name = layer
        message.inputs.extend(reads)
        sizes[layer] = last
        network.layers.append(message)
    return network


def _reads(source: Optional[str]) -> Sequence[str]:
    return [source] if source else []


def _image(layer: str, size: Size) -> Tuple[int, int, int]:
    if len(size) != 3:
        raise ValueError("%s needs (channels, height, width), not %s" % (layer, size))
    return size[0], size[1], size[2]


def _out(length: int, kernel: int, stride: int, padding: int) -> int:
    return (length + 2 * padding - kernel) // stride + 1


def conv(name: str, channels: int, kernel: int, stride: int = 1, padding: Optional[int] = None,
         groups: int = 1, source: Optional[str] = None) -> Layer:
    """padding: half the kernel unless given, which keeps the size where the stride is 1."""
    pad = kernel // 2 if padding is None else padding

    def build(sizes: Sequence[Size]) -> Tuple[graph_pb2.LayerShape, Size]:
        c, h, w = _image(name, sizes[0])
        message = graph_pb2.ConvShape(in_channels=c, out_channels=channels, in_height=h, in_width=w,
                                      kernel=kernel, stride=stride, padding=pad, groups=groups)
        return graph_pb2.LayerShape(conv=message), (channels, _out(h, kernel, stride, pad),
                                                    _out(w, kernel, stride, pad))

    return name, _reads(source), build


def linear(name: str, features: int, source: Optional[str] = None) -> Layer:
    """Of all elements of its input, as one vector."""

    def build(sizes: Sequence[Size]) -> Tuple[graph_pb2.LayerShape, Size]:
        message = graph_pb2.LinearShape(in_features=math.prod(sizes[0]), out_features=features)
        return graph_pb2.LayerShape(linear=message), (features,)

    return name, _reads(source), build


def activation(name: str, function: str, source: Optional[str] = None, *, kept: Optional[int] = None,
               degree: int = 0) -> Layer:
    """function: as in proto/picost/v1/graph.proto; degree: of "polynomial"."""

    def build(sizes: Sequence[Size]) -> Tuple[graph_pb2.LayerShape, Size]:
        message = graph_pb2.ActivationShape(function=function, elements=math.prod(sizes[0]),
                                            kept_elements=kept, degree=degree)
        return graph_pb2.LayerShape(activation=message), sizes[0]

    return name, _reads(source), build


def relu(name: str, source: Optional[str] = None, *, kept: Optional[int] = None) -> Layer:
    """kept: elements that are still ReLUs; None: all."""
    return activation(name, "relu", source, kept=kept)


def pool(name: str, function: str, kernel: int, stride: Optional[int] = None, padding: int = 0,
         source: Optional[str] = None) -> Layer:
    """function: "max" or "average"."""
    step = stride or kernel

    def build(sizes: Sequence[Size]) -> Tuple[graph_pb2.LayerShape, Size]:
        c, h, w = _image(name, sizes[0])
        message = graph_pb2.PoolShape(function=function, channels=c, in_height=h, in_width=w,
                                      kernel=kernel, stride=step, padding=padding)
        return graph_pb2.LayerShape(pool=message), (c, _out(h, kernel, step, padding),
                                                    _out(w, kernel, step, padding))

    return name, _reads(source), build


def add(name: str, first: str, second: str) -> Layer:
    """A skip connection."""

    def build(sizes: Sequence[Size]) -> Tuple[graph_pb2.LayerShape, Size]:
        if sizes[0] != sizes[1]:
            raise ValueError("%s adds %s and %s" % (name, sizes[0], sizes[1]))
        message = graph_pb2.AddShape(elements=math.prod(sizes[0]))
        return graph_pb2.LayerShape(add=message), sizes[0]

    return name, [first, second], build
