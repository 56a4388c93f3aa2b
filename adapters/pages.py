"""What a process tells about itself: whether it lives, whether it is ready, what it counted."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from adapters.health import Health
from adapters.metrics import Counted, as_json, as_text
from adapters.web import Site
from bot.errors import StoreError
from bot.measures import Measures
from bot.outbox import backlog
from bot.store import Store

TEXT_FORMAT: Final = "text/plain; version=0.0.4"
"""https://prometheus.io/docs/instrumenting/exposition_formats (read 2026-11-25)."""


def front(health: Health, *, host: str | None, port: int) -> Site:
    """Return the site hosts ask for health, and platforms push through."""
    site = Site(name="web", host=host, port=port, setting="PORT")

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def ready(_request: Request) -> Response:
        report = await health.report()
        return JSONResponse(
            {
                "ready": report.ready,
                "database": "answering" if report.database else "away",
                "parts": report.parts,
            },
            status_code=HTTPStatus.OK if report.ready else HTTPStatus.SERVICE_UNAVAILABLE,
        )

    site.tell("/healthz", alive)
    site.tell("/readyz", ready)
    return site


def metrics(
    health: Health, measures: Measures, store: Store, clock: Callable[[], datetime], *, port: int
) -> Site:
    """Return the site that tells what was counted, to this machine alone."""
    site = Site(name="metrics", host="127.0.0.1", port=port, setting="METRICS_PORT")

    async def counted() -> Counted:
        report, now = await health.report(), clock()
        try:
            owed = await store.run(lambda c: backlog(c, now)) if report.database else None
        except StoreError:
            owed = None
        return Counted(measures=measures, report=report, owed=owed, now=now)

    async def text(_request: Request) -> Response:
        return Response(as_text(await counted()), media_type=TEXT_FORMAT)

    async def json(_request: Request) -> Response:
        return JSONResponse(as_json(await counted()))

    site.tell("/metrics", text)
    site.tell("/metrics.json", json)
    return site
