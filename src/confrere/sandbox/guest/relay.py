"""Carries connections from 127.0.0.1:3128 in the machine to the proxy outside, over a serial port: there is no network card.

Frames both ways: connection (32 bits), kind (8 bits: 1 open, 2 bytes, 3 end), length (32 bits), bytes.
Run as ``python3 -I -S relay.py PORT``.
"""

import os
import socket
import struct
import sys
import threading
import time


class Relay:
    def __init__(self, path: str) -> None:
        self.fd = os.open(path, os.O_RDWR)
        self.lock = threading.Lock()
        self.open: dict[int, socket.socket] = {}

    def send(self, number: int, kind: int, data: bytes = b"") -> None:
        with self.lock:
            left = struct.pack(">IBI", number, kind, len(data)) + data
            while left:
                left = left[os.write(self.fd, left) :]

    def read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            some = os.read(self.fd, count - len(data))
            if not some:  # the other end is not there yet
                time.sleep(0.05)
            data += some
        return data

    def outward(self, number: int, connection: socket.socket) -> None:
        try:
            while data := connection.recv(1 << 15):
                self.send(number, 2, data)
        except OSError:
            pass
        self.send(number, 3)

    def inward(self) -> None:
        while True:
            number, kind, length = struct.unpack(">IBI", self.read(9))
            data = self.read(length)
            connection = self.open.get(number)
            if connection is None:
                continue
            try:
                if kind == 2:
                    connection.sendall(data)
                else:
                    del self.open[number]
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                continue

    def serve(self) -> None:
        threading.Thread(target=self.inward, daemon=True).start()
        listener = socket.create_server(("127.0.0.1", 3128), backlog=64)
        number = 0
        while True:
            connection, _ = listener.accept()
            number += 1
            self.open[number] = connection
            self.send(number, 1)
            threading.Thread(target=self.outward, args=(number, connection), daemon=True).start()


if __name__ == "__main__":
    Relay(sys.argv[1]).serve()
