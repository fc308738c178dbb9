"""The engine's configuration: what it says, and that the engine took it."""

from xml.etree import ElementTree

from trivet.settings import GiB, MiB
from trivet.store import access


def test_caches_leave_most_of_the_memory_to_work_in():
    for memory in (256 * MiB, 1536 * MiB, 16 * GiB):
        settings = access.limits(memory)
        caches = sum(value for name, value in settings.items() if "cache" in name)
        assert settings["max_server_memory_usage"] == memory and caches < memory / 2


def test_the_files_are_xml_and_name_each_other(tmp_path):
    config = ElementTree.parse(tmp_path / access.write(tmp_path, {"mark_cache_size": 5}))
    assert config.findtext("mark_cache_size") == "5"
    users = ElementTree.parse(tmp_path / config.findtext("user_directories/users_xml/path"))
    grants = [grant.text for grant in users.findall(f"roles/{access.READER}/grants/query")]
    assert grants[0] == "GRANT SELECT, SHOW ON trivet_*.*" and "GRANT SELECT ON system.one" in grants


def test_the_engine_took_every_setting(client, engine):
    rows = client.rows("SELECT name, value FROM system.server_settings")
    taken = {row["name"]: row["value"] for row in rows}
    for name, value in access.limits(engine._memory).items():
        assert taken[name] == str(value)


def test_the_owner_may_everything_and_the_reader_little(client):
    assert client.rows("SHOW GRANTS")[0] != {}
    roles = {row["role_name"] for row in client.rows("SELECT role_name FROM system.enabled_roles")}
    assert roles == {"owner", access.READER}
    alone = client.rows("SELECT role_name FROM system.enabled_roles", settings={"role": access.READER})
    assert alone == [{"role_name": access.READER}]
