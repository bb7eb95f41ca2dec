"""How a client reaches the daemon: plain or TLS, with or without a bearer token."""
from __future__ import annotations

import os
from typing import Any, List, Optional, Tuple

import grpc

_OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_LOCAL = ("unix:", "127.", "localhost:", "[::1]:")


class Connection:
    """May be pickled: files are read where the channel is opened.

    ca: file with the authorities of the daemon's certificate, or "system" for those of this
    machine; PICOST_CA. cert, key: the client's own. token_file: its first line is the bearer
    token; PICOST_TOKEN_FILE. A token never goes unencrypted to another machine.
    """

    def __init__(self, address: str, *, ca: Optional[str] = None, cert: Optional[str] = None,
                 key: Optional[str] = None, token_file: Optional[str] = None) -> None:
        self.address = address
        self.ca = os.environ.get("PICOST_CA", "") if ca is None else ca
        self.cert = cert or ""
        self.key = key or ""
        self.token_file = (os.environ.get("PICOST_TOKEN_FILE", "") if token_file is None
                           else token_file)
        if bool(self.cert) != bool(self.key):
            raise ValueError("a client certificate needs its key, and a key its certificate")
        if self.token_file and not self._encrypted() and not address.startswith(_LOCAL):
            raise ValueError("the token would go unencrypted to %s: pass ca=" % address)

    def _encrypted(self) -> bool:
        return bool(self.ca or self.cert)

    def _read(self, path: str) -> Optional[bytes]:
        if not path or path == "system":
            return None
        with open(path, "rb") as file:
            return file.read()

    def open(self, api: Any) -> Any:
        """A channel of grpc or grpc.aio."""
        if not self._encrypted():
            return api.insecure_channel(self.address, options=_OPTIONS)
        credentials = grpc.ssl_channel_credentials(self._read(self.ca), self._read(self.key),
                                                   self._read(self.cert))
        return api.secure_channel(self.address, credentials, options=_OPTIONS)

    def metadata(self) -> List[Tuple[str, str]]:
        """Of every call."""
        if not self.token_file:
            return []
        with open(self.token_file, encoding="ascii") as file:
            return [("authorization", "Bearer " + file.readline().strip())]
