"""One INSERT: records of the spool, as they are, to the engine's own Protobuf reader."""

import struct
from collections.abc import Iterable, Iterator

from trivet.otlp.framing import varint
from trivet.spool.record import Record
from trivet.store import intake
from trivet.store.client import Client

# Fields 1000 and 1001 of otlp.proto, both fixed64: key, value, key, value.
PROVENANCE = struct.Struct("<2sQ2sQ")
RECEIVED, RECORD = varint(1000 << 3 | 1), varint(1001 << 3 | 1)


def framed(records: Iterable[Record]) -> Iterator[bytes]:
    """Length-delimited request messages; each record's time and place are two more fields at its end, no decoding."""
    for record in records:
        yield varint(len(record.body) + PROVENANCE.size)
        yield record.body
        yield PROVENANCE.pack(RECEIVED, record.received, RECORD, record.number)


def insert(client: Client, signal: str, records: Iterable[Record], token: str) -> None:
    """Files the records in every table of their signal. The same token again changes nothing.

    Raises EngineError for what the engine refuses, Unavailable when it cannot be reached.
    """
    client.command(
        f"INSERT INTO otlp_{signal} FORMAT Protobuf",
        settings={
            "format_schema_source": "string",
            "format_schema": intake.proto(),
            "format_schema_message_name": signal,
            "input_format_protobuf_oneof_presence": 1,
            "insert_deduplication_token": token,
            "deduplicate_blocks_in_dependent_materialized_views": 1,
            "async_insert": 0,
            # One block goes through each view as a whole: more threads only add set-up (measured: 288 → 223 ms of CPU).
            "max_threads": 1,
            "max_insert_threads": 1,
        },
        body=b"".join(framed(records)),
    )
