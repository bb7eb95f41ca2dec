"""Errors that say what is wrong, where, and how to mend it."""
from __future__ import annotations

from typing import Dict, Optional

import grpc

from picost._wire import error_details_pb2, status_pb2


class PicostError(Exception):
    """An answer that is an error. `reason` and `site` are for programs; retry_seconds: when to
    ask again, where the daemon said so."""

    def __init__(self, message: str, code: grpc.StatusCode, reason: str = "",
                 site: Optional[Dict[str, str]] = None,
                 retry_seconds: Optional[float] = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.site = dict(site or {})
        self.retry_seconds = retry_seconds

    def __reduce__(self):
        return PicostError, (str(self), self.code, self.reason, self.site, self.retry_seconds)


_CODES = {code.value[0]: code for code in grpc.StatusCode}


def from_status(status: status_pb2.Status) -> PicostError:
    """The error of one item of a batch."""
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    seconds: Optional[float] = None
    for detail in status.details:
        if detail.Is(info.DESCRIPTOR):
            detail.Unpack(info)
        elif detail.Is(retry.DESCRIPTOR):
            detail.Unpack(retry)
            seconds = retry.retry_delay.seconds + retry.retry_delay.nanos * 1e-9
    return PicostError(status.message, _CODES.get(status.code, grpc.StatusCode.UNKNOWN), info.reason,
                       dict(info.metadata), seconds)


def from_rpc(error: grpc.RpcError) -> PicostError:
    """The error of a call."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status()
            status.ParseFromString(value)
            return from_status(status)
    return PicostError(error.details() or str(error), error.code())
