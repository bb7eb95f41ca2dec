"""ONNX without its weights, before anything is sent.

The protobuf bytes are walked, not parsed: values of tensors above 64 elements are left out,
whether they stand in the file or elsewhere, and the rest is copied as it is. What
`picost strip` does, for programs that have no such command at hand.
"""
from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Tuple, Union

Buffer = Union[bytes, memoryview]

# Smaller ones are shapes, axes and bounds, which change the cost.
KEPT_ELEMENTS = 64

# Field numbers of onnx.proto on the way to tensors: message -> field -> message.
_CHILDREN: Dict[str, Dict[int, str]] = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 10: "tensor", 6: "graph", 11: "graph", 22: "sparse", 23: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "sparse": {1: "tensor", 2: "tensor"},
}
# Of a TensorProto: its values, and where they would be.
_VALUES = (4, 5, 6, 7, 9, 10, 11, 13, 14)


def strip(model: Buffer) -> bytes:
    """ValueError: not an ONNX file."""
    out: List[Buffer] = []
    size = _walk("model", memoryview(model), out)
    if size == 0:
        raise ValueError("not an ONNX file: it is empty")
    return b"".join(out)


def _varint(data: memoryview, at: int) -> Tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    raise ValueError("not an ONNX file: a number is cut off at byte %d" % at)


def _fields(data: memoryview) -> Iterator[Tuple[int, Optional[memoryview], memoryview, int]]:
    """Number, content if it has a length, the whole field, its number if it is one."""
    at = 0
    while at < len(data):
        begin = at
        tag, at = _varint(data, at)
        content, value = None, 0
        if tag & 7 == 0:
            value, at = _varint(data, at)
        elif tag & 7 == 1:
            at += 8
        elif tag & 7 == 5:
            at += 4
        elif tag & 7 == 2:
            length, at = _varint(data, at)
            content = data[at:at + length]
            at += length
        else:
            raise ValueError("not an ONNX file: unknown field type at byte %d" % begin)
        if at > len(data):
            raise ValueError("not an ONNX file: it ends within a field")
        yield tag >> 3, content, data[begin:at], value


def _elements(tensor: memoryview) -> int:
    elements = 1
    for number, content, _, value in _fields(tensor):
        if number == 1 and content is None:
            elements *= value
        elif number == 1:
            at = 0
            while at < len(content):
                dimension, at = _varint(content, at)
                elements *= dimension
    return elements


def _walk(message: str, data: memoryview, out: List[Buffer]) -> int:
    """Appends the stripped message; its size."""
    if message == "tensor":
        large = _elements(data) > KEPT_ELEMENTS
        kept = [whole for number, _, whole, _ in _fields(data) if not (large and number in _VALUES)]
        out += kept
        return sum(map(len, kept))
    size = 0
    children = _CHILDREN[message]
    for number, content, whole, _ in _fields(data):
        child = children.get(number)
        if child is None or content is None:
            out.append(whole)
            size += len(whole)
            continue
        inner: List[Buffer] = []
        length = _walk(child, content, inner)
        head = _encoded(number << 3 | 2) + _encoded(length)
        out.append(head)
        out += inner
        size += len(head) + length
    return size


def _encoded(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
