"""`tracker-tui serve`: answers with a registered model over HTTP until it is ended."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import quote

from logger.opening import existing_store
from logger.store.connection import StoreError
from tui_tracker.model.text import clean
from tui_tracker.text.command import Errand

if TYPE_CHECKING:
    from tui_tracker.serving.following import Served

TOKEN_VARIABLE = "TRACKER_SERVE_TOKEN"
_HOST, _PORT = "127.0.0.1", 8080
_NEEDED = ("numpy", "starlette", "uvicorn", "onnxruntime")
_GRACE_SECONDS = 10
_BACKLOG = 1024
_MOST_BYTES = 64 * 1024 * 1024


def _run(arguments: Namespace) -> int:
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise StoreError(f"serving needs {', '.join(missing)}: pip install 'tui-tracker[serve]'")
    import uvicorn

    from tui_tracker.model.source import Source
    from tui_tracker.serving.access import is_local
    from tui_tracker.serving.batching import MOST_ROWS
    from tui_tracker.serving.following import Served
    from tui_tracker.serving.models import LoadOptions
    from tui_tracker.serving.server import Access, application

    source = Source(existing_store(arguments.store))
    served = Served(
        source,
        arguments.uri,
        LoadOptions(arguments.builder, arguments.allow_pickle, arguments.threads),
        most_rows=1 if arguments.no_batching else MOST_ROWS,
        tell=_say,
    )
    local = is_local(arguments.host)
    token = arguments.token or os.environ.get(TOKEN_VARIABLE, "")
    if not token and not local:
        token = secrets.token_urlsafe(24)
        _say(f"the token is {token}: clients send it as Authorization: Bearer TOKEN")
    hosts = ("localhost", "127.0.0.1", "::1", arguments.host) if local else ()
    listening = _listen(arguments.host, arguments.port)
    _introduce(served, arguments.host, listening.getsockname()[1])
    config = uvicorn.Config(
        application(served, Access(token, hosts, arguments.max_bytes)),
        log_level="warning",
        access_log=arguments.access_log,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[listening])
    source.close()
    return 0


def _listen(host: str, port: int) -> socket.socket:
    # With its protocol named, asyncio sends small answers at once (TCP_NODELAY); else each waits 40 ms for an
    # acknowledgement.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise StoreError(
            f"cannot listen on {host} port {port} ({error.strerror or error}): try --port 0"
        ) from None
    return listening


def _introduce(served: Served, host: str, port: int) -> None:
    from tui_tracker.serving.following import label

    loaded = served.current
    base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    inputs = ", ".join(f"{spec.name} {spec.datatype} {list(spec.shape)}" for spec in loaded.servable.inputs)
    _say(f"serving {label(loaded.version)} at {base}  (ctrl+c ends it)")
    _say(f"  takes {inputs}")
    _say(f"  POST {base}/v2/models/{quote(loaded.version.model)}/infer   Open Inference Protocol V2")
    _say(f"  POST {base}/invocations   as MLflow's model server")


def _say(line: str) -> None:
    print(clean(line, 1000), file=sys.stderr, flush=True)


def _at_least(least: int) -> type[int]:
    def number(text: str) -> int:
        found = int(text)
        if found < least:
            raise ArgumentTypeError(f"must be at least {least}")
        return found

    number.__name__ = "number"
    return number  # type: ignore[return-value]


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "uri", metavar="URI", help="models:/NAME/3, models:/NAME/Production or models:/NAME@ALIAS"
    )
    parser.add_argument("--host", default=_HOST, help=f"the address to listen on (default {_HOST})")
    parser.add_argument(
        "--port", type=_at_least(0), default=_PORT, help=f"default {_PORT}; 0 takes a free one and says which"
    )
    parser.add_argument(
        "--token",
        default="",
        help=f"what clients have to send; better as {TOKEN_VARIABLE}, which no process list shows",
    )
    parser.add_argument(
        "--builder", metavar="MODULE:FUNCTION", default="", help="code that computes with a file of tensors"
    )
    parser.add_argument("--allow-pickle", action="store_true", help="open pickles, which may run any code")
    parser.add_argument(
        "--threads", metavar="N", type=_at_least(0), default=0, help="that compute (default: all cores)"
    )
    parser.add_argument("--no-batching", action="store_true", help="compute each request by itself")
    parser.add_argument(
        "--max-bytes",
        metavar="N",
        type=_at_least(1),
        default=_MOST_BYTES,
        help="of one request (default 64 MiB)",
    )
    parser.add_argument("--access-log", action="store_true", help="a line for every request")


COMMAND = Errand(
    "serve",
    "answer with a registered model over HTTP",
    _run,
    (
        "tracker-tui serve models:/churn-clf/Production",
        "tracker-tui serve models:/churn-clf@champion --port 9000",
        "tracker-tui serve models:/churn-clf/3 --host 0.0.0.0       other machines too, with a token",
    ),
    _arguments,
    "Speaks the Open Inference Protocol (V2) and MLflow's /invocations. ONNX files are computed by ONNX Runtime.\n"
    "When the stage's holder changes, the new version is loaded and takes over; requests are answered meanwhile.",
)
