"""How servers are asked, and which of their answers are whole files."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import aiohttp

CONNECT_TIMEOUT = 30.0  # seconds until a connection must stand
SILENCE_TIMEOUT = 60.0  # seconds that a server may send nothing


def http_options() -> dict[str, Any]:
    """Returns what fsspec's file system for http and https is to be made with."""
    import aiohttp  # takes a quarter of a second

    timeout = aiohttp.ClientTimeout(
        total=None,  # the default, 300 s, would end a slow download
        connect=CONNECT_TIMEOUT,
        sock_read=SILENCE_TIMEOUT,
    )
    client = {
        "timeout": timeout,
        "trust_env": True,  # go through the proxy of the environment, as wget does
        "headers": {"Accept-Encoding": "identity"},
        "raise_for_status": _refuse_parts,
    }
    return {"client_kwargs": client}


async def _refuse_parts(response: "aiohttp.ClientResponse") -> None:
    """Refuses answers that are no files, or of which nobody can tell the end.

    Of one with a length, or in chunks, aiohttp notices when it breaks off. One that
    just ends when the connection does may end at any byte.
    """
    import aiohttp

    if response.status >= 400:  # fsspec knows what to raise
        return
    if response.status != 200:  # such as a part (206), though none was asked for
        raise aiohttp.ClientResponseError(
            response.request_info,
            response.history,
            status=response.status,
            message=response.reason or "",
        )
    chunked = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
    if not chunked and "Content-Length" not in response.headers:
        raise ValueError("the server did not say how long the file is")


def may_pass(error: Exception) -> bool:
    """Tells whether another attempt may meet with more luck."""
    import aiohttp

    if isinstance(error, aiohttp.ClientResponseError):
        return error.status >= 500 or error.status in (408, 429)
    # Not a URL, not a trusted certificate, no way to follow.
    if isinstance(error, ValueError | aiohttp.RedirectClientError):
        return False
    return isinstance(error, aiohttp.ClientError | ConnectionError | TimeoutError)


def asked_to_wait(error: Exception) -> float:
    """Returns how many seconds a server asked to be left alone; 0 if it did not."""
    import aiohttp

    if not isinstance(error, aiohttp.ClientResponseError):
        return 0.0
    text = (error.headers or {}).get("Retry-After", "0").strip()
    if text.isdecimal():
        return float(text)
    try:
        wait = parsedate_to_datetime(text) - datetime.now(UTC)
    except (ValueError, TypeError):  # neither seconds nor a date with a zone
        return 0.0
    return max(0.0, wait.total_seconds())


def cause(error: Exception) -> str:
    """Says what went wrong, in the words of the server or of a package."""
    import aiohttp

    match error:
        case FileNotFoundError():
            return "no such file there"
        case aiohttp.TooManyRedirects():
            return f"redirected {len(error.history)} times, and still no file"
        case aiohttp.NonHttpUrlRedirectClientError():
            return f"redirected to {error}, which is not http or https"
        case aiohttp.ClientResponseError():
            return f"the server answered {error.status} {error.message}"
        case aiohttp.ClientPayloadError():
            return "the connection closed before the file was whole"
        case TimeoutError():  # fsspec's has no text, but a cause that has
            return str(error.__cause__ or error) or "time ran out"
        case _:
            return str(error) or type(error).__name__
