"""The HTTP server: the Open Inference Protocol (V2) and MLflow's `/invocations` over one served model.

Every answer says which version gave it. Errors are `{"error": ...}` for V2, and for `/invocations` MLflow's
`{"error_code": ..., "message": ...}`.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from logger import __version__
from tui_tracker.model.text import clean
from tui_tracker.serving import invocations, open_inference
from tui_tracker.serving.access import OPEN_PATHS, TooLargeError, has_token, names_this_server, read_body
from tui_tracker.serving.following import Loaded, Served
from tui_tracker.serving.open_inference import LENGTH_HEADER
from tui_tracker.serving.tensors import Arrays, BadRequestError, TensorSpec

_log = logging.getLogger(__name__)
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Access:
    """Who may ask."""

    token: str = ""
    """has to come with every request but those for health; empty: none is asked for"""
    hosts: tuple[str, ...] = ()
    """names of this server that a request may address; none: any"""
    most_bytes: int = 64 * 1024 * 1024
    """of a request"""


class NotServedError(BadRequestError):
    """The model or version that a client asks for is not the one served here."""


class ModelError(BadRequestError):
    """The model itself did not like the values."""


def application(served: Served, access: Access) -> Starlette:
    """The server's application; it follows the registry while it runs."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        following = asyncio.create_task(served.follow())
        yield
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        served.close()

    endpoints = _Endpoints(served, access)
    return Starlette(routes=endpoints.routes(), lifespan=lifespan)


class _Endpoints:
    """What each path answers."""

    def __init__(self, served: Served, access: Access) -> None:
        self._served = served
        self._access = access

    def routes(self) -> list[Route]:
        model = "/v2/models/{model}"
        found = [
            self._route("/v2", self._server, "GET"),
            self._route("/v2/health/live", self._healthy, "GET"),
            self._route("/v2/health/ready", self._healthy, "GET"),
            self._route("/ping", self._healthy, "GET"),
            self._route("/health", self._healthy, "GET"),
            self._route("/version", self._version, "GET"),
            self._route("/invocations", self._invoke, "POST"),
        ]
        for path in (model, model + "/versions/{version}"):
            found += [
                self._route(path, self._metadata, "GET"),
                self._route(f"{path}/ready", self._healthy_model, "GET"),
                self._route(f"{path}/infer", self._infer, "POST"),
            ]
        return found

    def _route(self, path: str, endpoint: Endpoint, method: str) -> Route:
        async def answer(request: Request) -> Response:
            return await self._answer(request, endpoint)

        return Route(path, answer, methods=[method])

    async def _answer(self, request: Request, endpoint: Endpoint) -> Response:
        """The endpoint's answer, or one sentence with the status that fits what went wrong."""
        refused = self._refused(request)
        if refused is not None:
            return _failure(request, *refused)
        try:
            return await endpoint(request)
        except NotServedError as error:
            return _failure(request, 404, str(error))
        except TooLargeError as error:
            return _failure(request, 413, str(error))
        except BadRequestError as error:
            return _failure(request, 400, str(error))
        except Exception:
            _log.exception("%s failed", request.url.path)
            return _failure(request, 500, "the server failed: its log says how")

    def _refused(self, request: Request) -> tuple[int, str] | None:
        if self._access.hosts and not names_this_server(request, self._access.hosts):
            return 421, "this server does not go by that name"
        if (
            self._access.token
            and request.url.path not in OPEN_PATHS
            and not has_token(request, self._access.token)
        ):
            return 401, "send the header Authorization: Bearer TOKEN"
        return None

    async def _server(self, _request: Request) -> Response:
        return _json({"name": "tui-tracker", "version": __version__, "extensions": ["binary_tensor_data"]})

    async def _version(self, _request: Request) -> Response:
        return Response(__version__, media_type="text/plain", headers=_told(self._served.current))

    async def _healthy(self, _request: Request) -> Response:
        return _json({"live": True, "ready": True}, self._served.current)

    async def _healthy_model(self, request: Request) -> Response:
        loaded = self._asked_for(request)
        return _json({"name": loaded.version.model, "ready": True}, loaded)

    async def _metadata(self, request: Request) -> Response:
        loaded = self._asked_for(request)
        version, servable = loaded.version, loaded.servable
        return _json(
            {
                "name": version.model,
                "versions": [str(version.version)],
                "platform": servable.platform,
                "inputs": [_described(spec) for spec in servable.inputs],
                "outputs": [_described(spec) for spec in servable.outputs],
                "parameters": {
                    "stage": version.stage,
                    "aliases": list(version.aliases),
                    "run": version.run_uid or "",
                    "sha256": version.sha256,
                    "loaded": loaded.since,
                    "complaint": self._served.complaint,
                },
            },
            loaded,
        )

    async def _infer(self, request: Request) -> Response:
        loaded = self._asked_for(request)
        body = await read_body(request, self._access.most_bytes)
        servable = loaded.servable
        asked = open_inference.parse(body, _length(request), servable.inputs, servable.outputs)
        outputs = await _computed(loaded, asked.inputs)
        content, json_length = open_inference.render(
            loaded.version.model, str(loaded.version.version), asked, outputs
        )
        headers = _told(loaded)
        if json_length is None:
            return Response(content, media_type="application/json", headers=headers)
        headers[LENGTH_HEADER] = str(json_length)
        return Response(content, media_type="application/octet-stream", headers=headers)

    async def _invoke(self, request: Request) -> Response:
        loaded = self._served.current
        body = await read_body(request, self._access.most_bytes)
        inputs, rows = invocations.parse(
            body, request.headers.get("content-type", ""), loaded.servable.inputs
        )
        outputs = await _computed(loaded, inputs)
        content = invocations.render(outputs, rows=rows)
        return Response(content, media_type="application/json", headers=_told(loaded))

    def _asked_for(self, request: Request) -> Loaded:
        """What is served, when it is what the path names."""
        loaded = self._served.current
        model, version = request.path_params["model"], request.path_params.get("version")
        serves = f"this server serves {loaded.version.model!r} version {loaded.version.version}"
        if model != loaded.version.model:
            raise NotServedError(f"there is no model {clean(model, 80)!r} here: {serves}")
        if version is not None and version != str(loaded.version.version):
            raise NotServedError(f"version {clean(version, 20)!r} is not here: {serves}")
        return loaded


async def _computed(loaded: Loaded, inputs: Arrays) -> Arrays:
    try:
        return await loaded.batcher.run(inputs)
    except Exception as error:  # the model's own, for these values
        raise ModelError(f"the model failed: {type(error).__name__}: {clean(str(error), 300)}") from error


def _length(request: Request) -> int | None:
    text = request.headers.get(LENGTH_HEADER)
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise BadRequestError(f"{LENGTH_HEADER} is no length")
    return int(text)


def _described(spec: TensorSpec) -> dict[str, Any]:
    return {"name": spec.name, "datatype": spec.datatype, "shape": list(spec.shape)}


def _told(loaded: Loaded) -> dict[str, str]:
    """Headers that say which version answers; a header holds Latin-1, a name may hold more."""
    return {
        "X-Model-Name": loaded.version.model.encode("ascii", "backslashreplace").decode(),
        "X-Model-Version": str(loaded.version.version),
    }


def _json(content: Mapping[str, Any], loaded: Loaded | None = None, status: int = 200) -> Response:
    return Response(
        json.dumps(content, allow_nan=False).encode(),
        status,
        media_type="application/json",
        headers=_told(loaded) if loaded else None,
    )


def _failure(request: Request, status: int, sentence: str) -> Response:
    if request.url.path == "/invocations":
        code = {400: "BAD_REQUEST", 401: "UNAUTHENTICATED"}.get(status, "INTERNAL_ERROR")
        return _json({"error_code": code, "message": sentence}, status=status)
    return _json({"error": sentence}, status=status)
