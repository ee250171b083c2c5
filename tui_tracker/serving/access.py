"""Who may ask, and how much: a token, the names the server goes by, the size of a request."""

from __future__ import annotations

import hmac
import zlib
from collections.abc import Sequence

from starlette.requests import ClientDisconnect, Request

from tui_tracker.model.text import clean
from tui_tracker.serving.tensors import BadRequestError

# Health can be asked without a token: what watches a server seldom has one.
OPEN_PATHS = frozenset({"/v2/health/live", "/v2/health/ready", "/ping", "/health"})


# What zlib is told to expect: a gzip header, or its own.
_PACKED_BITS = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


class TooLargeError(BadRequestError):
    """The request has more bytes than the server takes."""


def is_local(host: str) -> bool:
    """Whether an address is reached from this machine alone."""
    return host in ("localhost", "::1") or host.startswith("127.")


def has_token(request: Request, token: str) -> bool:
    """Whether the request carries `Authorization: Bearer TOKEN`; compared in constant time."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


def names_this_server(request: Request, hosts: Sequence[str]) -> bool:
    """Whether the Host header is one of ours: a web page elsewhere, whose name was turned to 127.0.0.1, has another."""
    host = request.headers.get("host", "").lower()
    name = host[: host.rindex(":")] if ":" in host.rpartition("]")[2] else host
    return name.strip("[]") in hosts


async def read_body(request: Request, most: int) -> bytes:
    """The request's content, unpacked where it is compressed (`gzip`, `deflate`).

    Raises TooLargeError as soon as it is longer than `most` bytes, packed or unpacked; BadRequestError.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in _PACKED_BITS and encoding != "identity":
        raise BadRequestError(
            f"the content encoding {clean(encoding, 40)!r} is not taken: use gzip or deflate"
        )
    body = await _read(request, most)
    return body if encoding == "identity" else _unpacked(body, encoding, most)


def _unpacked(body: bytes, encoding: str, most: int) -> bytes:
    unpacker = zlib.decompressobj(_PACKED_BITS[encoding])
    try:
        # One byte more than is taken tells whether there is more, without unpacking it.
        content = unpacker.decompress(body, most + 1)
    except zlib.error:
        raise BadRequestError(f"the request is not the {encoding} that it says it is") from None
    if len(content) > most:
        raise TooLargeError(f"the request has more than {most} bytes when unpacked: --max-bytes raises that")
    if not unpacker.eof:
        raise BadRequestError(f"the {encoding} of the request ends too soon")
    return content


async def _read(request: Request, most: int) -> bytes:
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > most:
        raise TooLargeError(
            f"the request has {announced} bytes, and {most} are taken: --max-bytes raises that"
        )
    blocks, size = [], 0
    try:
        async for block in request.stream():
            size += len(block)
            if size > most:
                raise TooLargeError(f"the request has more than {most} bytes: --max-bytes raises that")
            blocks.append(block)
    except ClientDisconnect:
        raise BadRequestError("the client went away") from None
    return b"".join(blocks)
