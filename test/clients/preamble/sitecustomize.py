"""Names under .localhost are this machine (RFC 6761, section 6.3), which not every resolver knows.

Python imports this file by itself where it is on PYTHONPATH. Nothing else about the client changes:
the Host header and the signature carry the name as the user wrote it.
"""

import socket

_getaddrinfo = socket.getaddrinfo


def _with_localhost(host, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    if isinstance(name, str) and name.rstrip(".").endswith(".localhost"):
        host = "127.0.0.1"
    return _getaddrinfo(host, *args, **kwargs)


socket.getaddrinfo = _with_localhost
