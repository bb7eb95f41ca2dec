"""Edits of a network, by the node names of its file."""
from __future__ import annotations

from typing import Iterable, Mapping, NamedTuple, Sequence

from picost._wire import edits_pb2

Operation = edits_pb2.EditOperation


class Degree(NamedTuple):
    """A polynomial as a key of an importance: {0: 0.0, Degree(2): 0.7, 4096: 1.0}."""
    degree: int
    scheme: str = ""


def keep(node: str, count: int) -> Operation:
    """`count` elements of an activation stay, the others become the identity."""
    return Operation(keep_relus=edits_pb2.KeepRelus(node=node, count=count))


def keep_channels(node: str, channels: Iterable[int]) -> Operation:
    """All elements of these channels stay."""
    return Operation(keep_relus=edits_pb2.KeepRelus(
        node=node, channels=edits_pb2.ChannelSet(channels=channels)))


def keep_mask(node: str, mask: Sequence[bool]) -> Operation:
    """One truth value per element, in row-major order."""
    packed = bytearray((len(mask) + 7) // 8)
    for i, bit in enumerate(mask):
        if bit:
            packed[i // 8] |= 1 << (i % 8)
    return Operation(keep_relus=edits_pb2.KeepRelus(node=node, mask=bytes(packed)))


def polynomial(node: str, degree: int, scheme: str = "") -> Operation:
    """A polynomial instead of an activation."""
    return Operation(replace_activation=edits_pb2.ReplaceActivation(
        node=node, degree=degree, scheme=scheme))


def remove(node: str) -> Operation:
    """The identity instead of an activation."""
    return Operation(remove_activation=edits_pb2.RemoveActivation(node=node))


def resize(node: str, channels: int) -> Operation:
    """Another number of output channels, with everything downstream."""
    return Operation(resize_channels=edits_pb2.ResizeChannels(node=node, channels=channels))


def swap_pool(node: str, kind: str) -> Operation:
    """kind: "max" or "average"."""
    return Operation(swap_pool=edits_pb2.SwapPool(
        node=node, kind=edits_pb2.PoolSwap.Value("POOL_SWAP_" + kind.upper())))


def merge(node: str) -> Operation:
    """A linear layer and the next one as one."""
    return Operation(merge_linear=edits_pb2.MergeLinear(node=node))


def as_edit(edit: "Mapping[str, int] | Iterable[Operation] | Operation") -> edits_pb2.Edit:
    """{node: kept elements}, or operations in order."""
    if isinstance(edit, Operation):
        return edits_pb2.Edit(operations=[edit])
    if isinstance(edit, Mapping):
        return edits_pb2.Edit(operations=[keep(node, count) for node, count in edit.items()])
    return edits_pb2.Edit(operations=list(edit))
