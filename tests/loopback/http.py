"""A small HTTP/1.1 server for doubles: real sockets, kept open, written once, without Nagle's wait.

`http.server` writes a header a segment and waits for each to be acknowledged: 40 ms an answer.
"""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

LARGEST = 8 * 1024 * 1024


class HangUp(Exception):
    """Say nothing and close the connection."""


@dataclass(frozen=True)
class Answer:
    """A status and a body: bytes as they are, anything else as JSON."""

    status: int
    body: object

    def octets(self) -> bytes:
        raw = isinstance(self.body, bytes)
        body = self.body if raw else json.dumps(self.body).encode()
        kind = "application/pdf" if raw else "application/json"
        head = (
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


class LoopbackHttp:
    """Answers at `port` with `answer(method, target, headers, body)`, each connection a thread."""

    def __init__(self, answer, port: int = 0):
        self._connections: set[socket.socket] = set()
        outer = self

        class Conversation(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True
            wbufsize = -1

            def setup(self):
                super().setup()
                outer._connections.add(self.connection)

            def finish(self):
                outer._connections.discard(self.connection)
                with suppress(OSError):
                    super().finish()

            def handle(self):
                with suppress(OSError, HangUp):
                    while self._exchange():
                        pass

            def _exchange(self) -> bool:
                line = self.rfile.readline(65_536).decode("latin-1").split()
                if len(line) != 3:
                    return False
                headers = {}
                while (field := self.rfile.readline(65_536).strip()) != b"":
                    name, _, value = field.decode("latin-1").partition(":")
                    headers[name.casefold()] = value.strip()
                length = int(headers.get("content-length", 0))
                if length > LARGEST:
                    return False
                body = self.rfile.read(length)
                if len(body) < length:
                    return False
                self.wfile.write(answer(line[0], line[1], headers, body).octets())
                self.wfile.flush()
                return headers.get("connection", "").casefold() != "close"

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False
            request_queue_size = 128

        self._server = Server(("127.0.0.1", port), Conversation)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
