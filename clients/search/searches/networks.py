"""Two small networks with activations that can be masked or replaced.

Another network: any module whose activations are `Activation`, made in the order in which
they run (the order of the nodes in its ONNX file), put into NETWORKS.
"""
from __future__ import annotations

import contextlib
from typing import Dict, Iterator, List, Optional, Type

import torch
from torch import nn
from torch.nn import functional

from searches import digits


class Activation(nn.Module):
    """A ReLU; with a mask the identity where the mask is 0; or a polynomial."""

    def __init__(self) -> None:
        super().__init__()
        self.mask: Optional[torch.Tensor] = None  # of one element, channel or position each
        self.polynomial: Optional[nn.Module] = None
        self.seen: Optional[torch.Tensor] = None  # the last input, where it is recorded
        self.recording = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.recording:
            self.seen = x
        if self.polynomial is not None:
            return self.polynomial(x)
        if self.mask is None:
            return functional.relu(x)
        return x + self.mask * (functional.relu(x) - x)


def activations(network: nn.Module) -> List[Activation]:
    """In the order in which they run."""
    return [module for module in network.modules() if isinstance(module, Activation)]


@contextlib.contextmanager
def recording(network: nn.Module) -> Iterator[List[Activation]]:
    """Within, every activation has what it saw last as `seen`."""
    layers = activations(network)
    for layer in layers:
        layer.recording = True
    try:
        yield layers
    finally:
        for layer in layers:
            layer.recording, layer.seen = False, None


def convolution(inputs: int, outputs: int, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
                         nn.BatchNorm2d(outputs))


class Block(nn.Module):
    """Two convolutions and a skip connection."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = convolution(inputs, outputs, stride)
        self.inner = Activation()
        self.second = convolution(outputs, outputs)
        self.skip = (nn.Identity() if inputs == outputs and stride == 1 else
                     convolution(inputs, outputs, stride, kernel=1))
        self.outer = Activation()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.outer(self.second(self.inner(self.first(x))) + self.skip(x))


class Resnet(nn.Sequential):
    """A stem and three blocks: 4,608 ReLUs in 7 layers on 8x8 pixels."""

    def __init__(self) -> None:
        super().__init__(convolution(digits.SHAPE[0], 16), Activation(), Block(16, 16, 1),
                         Block(16, 32, 2), Block(32, 64, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Linear(64, digits.CLASSES))


class Plain(nn.Sequential):
    """Five convolutions and average pooling, as in VGG: 3,328 ReLUs in 5 layers."""

    def __init__(self) -> None:
        super().__init__(convolution(digits.SHAPE[0], 16), Activation(),
                         convolution(16, 16), Activation(), nn.AvgPool2d(2),
                         convolution(16, 32), Activation(),
                         convolution(32, 32), Activation(), nn.AvgPool2d(2),
                         convolution(32, 64), Activation(), nn.Flatten(),
                         nn.Linear(256, digits.CLASSES))


NETWORKS: Dict[str, Type[nn.Module]] = {"resnet": Resnet, "plain": Plain}
