"""The embedded engine's configuration: its limits, and what somebody who only reads may touch.

Every connection is the owner's. One that runs a person's SQL puts on the role `trivet_reader` first, which is a wall of
its own behind the guard in `query/sql/check.py`: the engine itself then refuses other databases, writes, DDL and every
table function that reaches files or the network.
"""

from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from trivet.settings import MiB

READER = "trivet_reader"

# The part of `system` that says nothing about machine, users, or what others ask.
SYSTEM_TABLES = (
    "aggregate_function_combinators", "collations", "columns", "data_type_families", "functions", "keywords",
    "numbers", "one", "tables", "time_zones", "zeros",
)  # fmt: skip

# chDB starts out like ClickHouse's shell, where a bare expression is a query.
_PROFILE = "<implicit_select>0</implicit_select>"
_CONFIG, _USERS = "engine.xml", "users.xml"


def limits(memory: int) -> dict[str, int]:
    """Server settings that keep the engine within `memory` bytes; its defaults are 90 % of RAM and caches of 5 GiB."""
    return {
        "max_server_memory_usage": memory,
        "merges_mutations_memory_usage_soft_limit": memory // 2,
        "mark_cache_size": min(64 * MiB, memory // 16),
        "index_mark_cache_size": min(16 * MiB, memory // 32),
        "primary_index_cache_size": min(64 * MiB, memory // 16),
        "text_index_tokens_cache_size": min(32 * MiB, memory // 32),
        "text_index_header_cache_size": min(32 * MiB, memory // 32),
        "text_index_postings_cache_size": min(32 * MiB, memory // 32),
        "query_condition_cache_size": min(16 * MiB, memory // 32),
        "compiled_expression_cache_size": min(16 * MiB, memory // 32),
        "vector_similarity_index_cache_size": MiB,
        "unique_key_index_cache_size_bytes": MiB,
        "parquet_metadata_cache_size": MiB,
        "iceberg_metadata_files_cache_size": MiB,
    }


def write(directory: Path, server_settings: Mapping[str, int]) -> str:
    """Write the two files that the engine reads at start; the name of the first, within `directory`."""
    settings = "".join(f"<{name}>{value}</{name}>" for name, value in server_settings.items())
    users = f"<user_directories><users_xml><path>{_USERS}</path></users_xml></user_directories>"
    (directory / _CONFIG).write_text(f"<clickhouse>{settings}{users}</clickhouse>\n")
    (directory / _USERS).write_text(_users())
    return _CONFIG


def _users() -> str:
    reader = ["GRANT SELECT, SHOW ON trivet_*.*", *(f"GRANT SELECT ON system.{table}" for table in SYSTEM_TABLES)]
    roles = _role("owner", ["GRANT ALL ON *.*"]) + _role(READER, reader)
    user = (
        f"<password/><profile>default</profile><networks><ip>::/0</ip></networks>{_grants([f'GRANT owner, {READER}'])}"
    )
    return (
        f"<clickhouse><profiles><default>{_PROFILE}</default></profiles><quotas><default/></quotas>"
        f"<roles>{roles}</roles><users><default>{user}</default></users></clickhouse>\n"
    )


def _role(name: str, grants: list[str]) -> str:
    return f"<{name}>{_grants(grants)}</{name}>"


def _grants(grants: list[str]) -> str:
    return "<grants>" + "".join(f"<query>{escape(grant)}</query>" for grant in grants) + "</grants>"
