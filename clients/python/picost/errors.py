"""Errors that say what is wrong, where, and how to mend it."""
from __future__ import annotations

from typing import Dict

import grpc

from picost._wire import error_details_pb2, status_pb2


class PicostError(Exception):
    """An answer that is an error. `reason` and `site` are for programs."""

    def __init__(self, message: str, code: grpc.StatusCode, reason: str = "",
                 site: Dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.site = dict(site or {})

    def __reduce__(self):
        return PicostError, (str(self), self.code, self.reason, self.site)


_CODES = {code.value[0]: code for code in grpc.StatusCode}


def from_status(status: status_pb2.Status) -> PicostError:
    """The error of one item of a batch."""
    info = error_details_pb2.ErrorInfo()
    for detail in status.details:
        if detail.Is(info.DESCRIPTOR):
            detail.Unpack(info)
    return PicostError(status.message, _CODES.get(status.code, grpc.StatusCode.UNKNOWN), info.reason,
                       dict(info.metadata))


def from_rpc(error: grpc.RpcError) -> PicostError:
    """The error of a call."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status()
            status.ParseFromString(value)
            return from_status(status)
    return PicostError(error.details() or str(error), error.code())
