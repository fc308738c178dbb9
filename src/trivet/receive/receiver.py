"""The room as the pipeline sees it: made from the settings and a spool, put in front of an application."""

import asyncio

from trivet.hosts import Hosts
from trivet.receive.admission import Admission
from trivet.receive.counts import Counts
from trivet.receive.decode import Decoder
from trivet.receive.decode_pool import DecodePool
from trivet.receive.grpc import OtlpGrpc
from trivet.receive.http import App, OtlpHttp
from trivet.receive.intake import Append, Intake
from trivet.receive.listen import require_tokens
from trivet.settings import ServerSettings
from trivet.tokens import Tokens


class Receiver:
    """`counts` is what came in. `http` wraps an application; `start` opens gRPC where an address is set for it."""

    def __init__(self, settings: ServerSettings, spool: Append, tokens: Tokens):
        """CannotStart when the listeners could be reached from elsewhere without a token."""
        require_tokens(tokens, http=settings.http, grpc=settings.grpc)
        self.counts = Counts()
        self.admission = Admission(
            tokens,
            max_body_bytes=settings.max_body_bytes,
            max_requests=settings.max_requests,
            max_request_memory=settings.max_request_memory,
        )
        self._settings = settings
        self._hosts = None if tokens.needed("ingest") else Hosts(settings.hosts.split(","))
        self._pool = DecodePool(settings.max_json_requests, settings.decode_memory)
        self._intake = Intake(spool, Decoder(self._pool), self.counts)
        self._grpc = OtlpGrpc(self._intake, self.admission, settings) if settings.grpc else None

    @property
    def grpc_port(self) -> int | None:
        return self._grpc.port if self._grpc else None

    def http(self, otherwise: App) -> OtlpHttp:
        origins = [origin.strip() for origin in self._settings.cors_origins.split(",") if origin.strip()]
        return OtlpHttp(self._intake, self.admission, otherwise, hosts=self._hosts, origins=origins)

    async def start(self) -> None:
        """CannotStart when the gRPC address or the certificate cannot be had."""
        if self._grpc:
            await self._grpc.start()

    async def stop(self) -> None:
        """Calls under way are answered first."""
        if self._grpc:
            await self._grpc.stop()
        await asyncio.to_thread(self._pool.close)
