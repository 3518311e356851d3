"""A print house's SFTP server on loopback: paramiko's server side over a real folder."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import paramiko

if TYPE_CHECKING:
    from pathlib import Path

NAME, PASSWORD = "council", "open-sesame"


class LoopbackSftp:
    """The server, at `port`, showing `folder`; `faults` holds what goes wrong next, by request.

    A fault is an errno to answer a `write` or `rename` with, or `before` or `after`: the connection
    is cut before or after it was done.
    """

    def __init__(self, folder: Path, *, key: paramiko.PKey | None = None):
        self.folder = folder
        self.faults: dict[str, int | str] = {}
        self.done: list[tuple[str, str]] = []
        self.allowed = key
        self._key = paramiko.ECDSAKey.generate()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.transports: list[paramiko.Transport] = []
        self._thread = threading.Thread(target=self._serve)

    @property
    def host_key(self) -> str:
        return f"{self._key.get_name()} {self._key.get_base64()}"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_why):
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()
        for transport in self.transports:
            transport.close()
            transport.join(5)

    def _serve(self):
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transport.add_server_key(self._key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Folder, self)
            self.transports.append(transport)
            with suppress(paramiko.SSHException, EOFError, OSError):
                transport.start_server(server=_Door(self.allowed), event=threading.Event())


class _Door(paramiko.ServerInterface):
    def __init__(self, allowed):
        self._allowed = allowed

    def get_allowed_auths(self, _username):
        return "publickey" if self._allowed else "password"

    def check_auth_password(self, username, password):
        right = self._allowed is None and (username, password) == (NAME, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username, key):
        right = username == NAME and key == self._allowed
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_channel_request(self, _kind, _chanid):
        return paramiko.OPEN_SUCCEEDED


class _File(paramiko.SFTPHandle):
    def __init__(self, server, file, flags):
        super().__init__(flags)
        self._server = server
        self.readfile = self.writefile = file

    def write(self, offset, data):
        fault = self._server.faults.pop("write", None)
        if isinstance(fault, int):
            return paramiko.SFTPServer.convert_errno(fault)
        if fault:
            cut(self._server)
        return super().write(offset, data)

    def stat(self):
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class _Folder(paramiko.SFTPServerInterface):
    def __init__(self, door, server, *_more):
        super().__init__(door)
        self._server = server

    def _path(self, path):
        return self._server.folder / path.lstrip("/")

    def stat(self, path):
        try:
            return paramiko.SFTPAttributes.from_stat(self._path(path).stat())
        except OSError as fault:
            return paramiko.SFTPServer.convert_errno(fault.errno)

    lstat = stat

    def open(self, path, flags, _attr):
        if fault := self._server.faults.pop("open", None):
            return paramiko.SFTPServer.convert_errno(fault)
        try:
            descriptor = os.open(self._path(path), flags, 0o600)
        except OSError as fault:
            return paramiko.SFTPServer.convert_errno(fault.errno)
        mode = "r+b" if flags & os.O_RDWR else "wb" if flags & os.O_WRONLY else "rb"
        return _File(self._server, os.fdopen(descriptor, mode), flags)

    def posix_rename(self, oldpath, newpath):
        fault = self._server.faults.pop("rename", None)
        if isinstance(fault, int):
            return paramiko.SFTPServer.convert_errno(fault)
        if fault == "before":
            cut(self._server)
            return paramiko.SFTP_FAILURE
        self._path(oldpath).replace(self._path(newpath))
        self._server.done.append((oldpath, newpath))
        if fault == "after":
            cut(self._server)
        return paramiko.SFTP_OK


def cut(server) -> None:
    """Cut every connection there is."""
    for transport in server.transports:
        transport.sock.close()
