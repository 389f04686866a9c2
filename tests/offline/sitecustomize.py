"""A Python that starts with this folder on its path reaches no other machine."""

import ipaddress
import socket


def _is_here(address):
    if not isinstance(address, tuple):
        return True  # a file, in place of a port
    host = str(address[0])
    try:
        return host in ("localhost", "") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse(address):
    raise OSError(f"no network in this test: got address={address!r}")


_connect, _look_up = socket.socket.connect, socket.getaddrinfo


def connect(self, address):
    return _connect(self, address) if _is_here(address) else _refuse(address)


def getaddrinfo(host, *args, **kwargs):
    here = host is None or _is_here((host,))
    return _look_up(host, *args, **kwargs) if here else _refuse(host)


socket.socket.connect, socket.getaddrinfo = connect, getaddrinfo
