"""HTTP for python-telegram-bot by aiohttp, through the library's own door for it.

With its default, httpx, a typed message took 1.7 times the CPU (docs/benchmarks.md).
"""

import ssl
from datetime import timedelta
from functools import cache
from typing import Final
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import certifi
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from adapters.downloading import downloaded

TIMEOUT: Final = timedelta(seconds=10)
"""How long a call may take to be answered; the service answers in well under a second."""

IDLE_SECONDS: Final = 10
"""How long an unused connection is kept. The service closes idle ones after longer than this; one
it closed under our hands would leave us in doubt about the next message."""

_NEVER_ARRIVED: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class AiohttpRequest(BaseRequest):
    """One pool of connections to the service at `root`, through the environment's proxy if any."""

    def __init__(self, root: str, *, connections: int):
        self._connections = connections
        # Looked up once: aiohttp's own `trust_env` starts a thread for it at every call.
        self._proxy = _proxy_to(root)
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """How long we wait for an answer, in seconds; long polls add their own time."""
        return TIMEOUT.total_seconds()

    async def initialize(self) -> None:
        """Make the pool; twice makes one."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(
                limit=self._connections,
                keepalive_timeout=IDLE_SECONDS,
                ssl=_trust(),
            )
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Return the status and the body of the answer.

        Raises:
            TimedOut: no answer in time.
            NetworkError: no answer at all; its cause tells whether the call may have arrived.
        """
        del write_timeout, pool_timeout  # Bounded together with the connection.
        if self._session is None:
            raise RuntimeError("initialize() comes first")
        seconds = TIMEOUT.total_seconds()
        timeout = aiohttp.ClientTimeout(
            connect=connect_timeout if isinstance(connect_timeout, float | int) else seconds,
            sock_read=read_timeout if isinstance(read_timeout, float | int) else seconds,
        )
        try:
            async with self._session.request(
                method, url, data=_body(request_data), headers=_headers(request_data),
                timeout=timeout, proxy=self._proxy,
            ) as answer:  # fmt: skip
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from error

    async def fetch(self, url: str, limit: int) -> bytes:
        """Return a file of up to so many bytes.

        Raises:
            Unfit: it is not there, or too large.
            RetryLater: the service asks for patience.
            NetworkError: it cannot be had now.
        """
        if self._session is None:
            raise RuntimeError("initialize() comes first")
        try:
            return await downloaded(self._session, url, limit=limit, proxy=self._proxy)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NetworkError(type(error).__name__) from error


def _proxy_to(url: str) -> str | None:
    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return None
    return getproxies().get(parts.scheme)


@cache
def _trust() -> ssl.SSLContext:
    # Reading the authorities takes 40 ms, and there are four pools.
    return ssl.create_default_context(cafile=certifi.where())


def may_have_arrived(error: NetworkError) -> bool:
    """Return whether the service may have done what was asked before this error.

    An answer with an error status is none of ours: it has no cause, and nothing was done.
    """
    cause = error.__cause__
    return isinstance(cause, aiohttp.ClientError | TimeoutError) and not isinstance(
        cause, _NEVER_ARRIVED
    )


def _body(data: RequestData | None) -> bytes | aiohttp.FormData | None:
    if data is None:
        return None
    if not data.contains_files:
        return urlencode(data.json_parameters).encode()
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, kind) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def _headers(data: RequestData | None) -> dict[str, str]:
    if data is None or data.contains_files:
        return {}
    return {"Content-Type": "application/x-www-form-urlencoded"}
