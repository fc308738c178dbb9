import asyncio

import pytest
from forward.conftest import request, run, to_vendor, until
from forward.vendors import Answer, GrpcVendor, HttpVendor, partial_success
from grpc import StatusCode

from trivet.errors import CannotStart
from trivet.forward.forwarder import Forwarder

VENDORS = pytest.mark.parametrize("kind", [HttpVendor, GrpcVendor])
BUSY = {HttpVendor: Answer(503), GrpcVendor: Answer(StatusCode.UNAVAILABLE)}
BAD = {HttpVendor: Answer(400, body=b""), GrpcVendor: Answer(StatusCode.INVALID_ARGUMENT, body=b"bad span")}


@VENDORS
def test_every_signal_arrives_as_it_was_with_its_headers(scene, kind):
    async def main():
        async with (
            kind() as vendor,
            scene.forwarding(
                to_vendor(vendor, headers={"Api-Key": "env:VENDOR_KEY", "authorization": "Bearer env:TOKEN"}),
                VENDOR_KEY="key",
                TOKEN="token",
            ) as forwarder,
        ):
            for signal in ("traces", "metrics", "logs"):
                await scene.append("a", "b", signal=signal)
            await vendor.until(lambda: len(vendor.accepted) == 3)
            await until(lambda: forwarder.status()[0]["pending"] == 0)
            assert {(got.signal, got.body) for got in vendor.accepted} == {
                (signal, request(signal, "a", "b")) for signal in ("traces", "metrics", "logs")
            }
            for got in vendor.accepted:
                assert got.headers["api-key"] == "key" and got.headers["authorization"] == "Bearer token"
            assert forwarder.status() == [
                {"name": "vendor", "lag_s": 0.0, "pending": 0, "sent": 6, "failed": 0, "skipped": 0, "last_error": None}
            ]

    run(main)


@pytest.mark.parametrize("compression", ["gzip", "none"])
def test_http_says_what_it_sends(scene, compression):
    async def main():
        async with HttpVendor() as vendor, scene.forwarding(to_vendor(vendor, compression=compression)):
            await scene.append("a")
            await vendor.until(lambda: vendor.accepted)
            (got,) = vendor.accepted
            assert got.headers["content-type"] == "application/x-protobuf"
            assert got.headers.get("content-encoding") == (None if compression == "none" else "gzip")

    run(main)


@VENDORS
def test_small_records_travel_together(scene, kind):
    async def main():
        names = [f"span {n}" for n in range(500)]
        for name in names:
            await scene.append(name)
        async with kind() as vendor, scene.forwarding(to_vendor(vendor)):
            await vendor.until(lambda: len(vendor.names()) >= 500)
            assert vendor.names() == names
            assert len(vendor.accepted) < 10

    run(main)


@VENDORS
def test_down_at_first_and_coming_back(scene, kind):
    async def main():
        vendor = kind()
        async with vendor:
            pass  # its port is known, and nobody listens there
        async with scene.forwarding(to_vendor(vendor)) as forwarder:
            await scene.append("a")
            await until(lambda: len(scene.slept) >= 5)
            status = forwarder.status()[0]
            assert status["last_error"] and status["pending"] == 1 and status["sent"] == 0
            assert scene.slept[:5] == [1, 2, 4, 8, 16]
            assert forwarder.status()[0]["lag_s"] >= sum(scene.slept[:4])
            async with vendor:
                await vendor.until(lambda: vendor.names() == ["a"])
                await until(lambda: forwarder.status()[0]["pending"] == 0)
                assert forwarder.status()[0]["last_error"] is None

    run(main)


def test_the_longest_pause_is_a_minute(scene):
    async def main():
        async with HttpVendor() as vendor:
            vendor.script = [Answer(502)] * 9
            async with scene.forwarding(to_vendor(vendor)):
                await scene.append("a")
                await vendor.until(lambda: vendor.accepted)
        assert scene.slept == [1, 2, 4, 8, 16, 32, 60, 60, 60]

    run(main)


@VENDORS
def test_a_vendor_that_says_when_is_asked_no_earlier(scene, kind):
    async def main():
        async with kind() as vendor:
            if kind is HttpVendor:
                date = "Sun, 09 Sep 2001 01:50:00 GMT"  # the clock stands at 01:46:40
                vendor.script = [Answer(429, {"retry-after": "17"}), Answer(503, {"retry-after": date})]
            else:
                vendor.script = [
                    Answer(StatusCode.UNAVAILABLE, retry=17.0),
                    Answer(StatusCode.RESOURCE_EXHAUSTED, retry=182.0),
                ]
            async with scene.forwarding(to_vendor(vendor)):
                await scene.append("a")
                await vendor.until(lambda: vendor.accepted)
        first, second = scene.slept
        assert (first, second) == (18, 183)  # and a second of jitter; to 01:50:00 it is 200 s, of which 18 have passed

    run(main)


@VENDORS
def test_what_will_never_be_accepted_is_set_aside_alone(scene, kind):
    async def main():
        async with kind() as vendor:
            vendor.always = lambda got: BAD[kind] if "poison" in vendor.names(requests=[got]) else Answer()
            names = [f"span {n}" for n in range(20)]
            names[7] = "poison"
            for name in names:
                await scene.append(name)
            async with scene.forwarding(to_vendor(vendor)) as forwarder:
                await until(lambda: forwarder.status()[0]["pending"] == 0)
                names.remove("poison")
                assert sorted(vendor.names()) == sorted(names)
                status = forwarder.status()[0]
                assert (status["sent"], status["failed"]) == (19, 1)
                assert ("HTTP 400" if kind is HttpVendor else "INVALID_ARGUMENT: bad span") in status["last_error"]
            aside = scene.directory / "forward" / "vendor" / "aside"
            assert (aside / "traces-000000000008.otlp").read_bytes() == request("traces", "poison")
            assert status["last_error"] in (aside / "traces-000000000008.txt").read_text()
            assert len(list(aside.iterdir())) == 2

    run(main)


@VENDORS
def test_what_the_vendor_left_out_is_counted_and_its_words_are_kept(scene, kind):
    async def main():
        async with kind() as vendor:
            vendor.script = [Answer(body=partial_success("traces", 2, "attribute too long"))]
            async with scene.forwarding(to_vendor(vendor)) as forwarder:
                await scene.append("a", "b", "c")
                await until(lambda: forwarder.status()[0]["sent"] == 1)
                status = forwarder.status()[0]
                assert (status["failed"], status["last_error"]) == (2, "2 rejected: attribute too long")
            assert len(vendor.got) == 1

    run(main)


@VENDORS
def test_a_restart_in_the_middle_leaves_nothing_out(scene, kind):
    async def main():
        async with kind() as vendor:
            names = [f"span {n}" for n in range(60)]
            for life in range(3):
                async with scene.forwarding(to_vendor(vendor)):
                    for name in names[life * 20 : life * 20 + 20]:
                        await scene.append(name)
                        if name.endswith("5"):
                            vendor.script = [BUSY[kind]]
                    await vendor.until(lambda life=life: len(vendor.names()) > life * 20)
                scene.open()
            async with scene.forwarding(to_vendor(vendor)):
                await vendor.until(lambda: set(vendor.names()) == set(names))

    run(main)


def test_what_was_confirmed_is_not_sent_again(scene):
    async def main():
        async with HttpVendor() as vendor:
            for life in range(3):
                async with scene.forwarding(to_vendor(vendor)) as forwarder:
                    await scene.append(f"life {life}")
                    await until(lambda: forwarder.status()[0]["pending"] == 0)
                scene.open()
            assert vendor.names() == ["life 0", "life 1", "life 2"]

    run(main)


def test_a_slow_or_dead_destination_slows_no_other(scene):
    async def main():
        async with HttpVendor() as slow, HttpVendor() as quick:
            slow.always = lambda got: Answer(wait=3600)
            dead = {"name": "dead", "endpoint": "http://127.0.0.1:1", "start": "oldest", "max_lag_age": "9999d"}
            async with scene.forwarding(
                to_vendor(slow, name="slow"), dead, to_vendor(quick, name="quick")
            ) as forwarder:
                for n in range(50):
                    await scene.append(f"span {n}")
                await quick.until(lambda: len(quick.names()) == 50)
                await until(lambda: forwarder.status()[2]["sent"] == 50)
                by_name = {status["name"]: status for status in forwarder.status()}
                assert by_name["slow"]["sent"] == 0 and by_name["slow"]["pending"] == 50
                assert by_name["dead"]["pending"] == 50
                assert len(slow.got) <= 4

    run(main)


@VENDORS
def test_no_answer_in_time_is_tried_again(scene, kind):
    async def main():
        async with kind() as vendor:
            vendor.script = [Answer(wait=0.4)]
            async with scene.forwarding(to_vendor(vendor, timeout="100ms")) as forwarder:
                await scene.append("a")
                await until(lambda: forwarder.status()[0]["sent"] == 1)
            assert len(vendor.got) == 2 and scene.slept == [1]

    run(main)


@pytest.mark.parametrize("start", ["now", "oldest", "2001-09-09T01:46:50Z"])
def test_where_a_new_destination_begins(scene, start):
    async def main():
        for n in range(4):
            await scene.append(f"span {n}")  # at 01:46:40, :45, :50, :55
            scene.now += 5 * 10**9
        async with HttpVendor() as vendor, scene.forwarding(to_vendor(vendor, start=start)):
            await scene.append("new")
            expected = {"new", *(f"span {n}" for n in range({"now": 4, "oldest": 0}.get(start, 2), 4))}
            await vendor.until(lambda: len(vendor.names()) >= len(expected))
            assert set(vendor.names()) == expected

    run(main)


def test_a_removed_destination_lets_go_and_begins_anew_when_it_comes_back(scene):
    async def main():
        async with HttpVendor() as vendor:
            gone = to_vendor(vendor, name="gone", start="now")
            async with scene.forwarding(gone, to_vendor(vendor, name="stays")):
                await until(lambda: scene.spool.streams["traces"].cursors().keys() == {"forward.gone", "forward.stays"})
            async with scene.forwarding(to_vendor(vendor, name="stays", signals=["traces"])):
                cursors = {signal: [*stream.cursors()] for signal, stream in scene.spool.streams.items()}
                assert cursors == {"traces": ["forward.stays"], "metrics": [], "logs": []}
                await scene.append("while it was gone")
                await vendor.until(lambda: vendor.names() == ["while it was gone"])
            vendor.accepted.clear()
            async with scene.forwarding(gone):
                await scene.append("back")
                await vendor.until(lambda: vendor.names() == ["back"])

    run(main)


def test_the_stores_cursor_is_left_alone(scene):
    async def main():
        scene.spool.streams["traces"].cursor("store")
        async with scene.forwarding():
            assert [*scene.spool.streams["traces"].cursors()] == ["store"]

    run(main)


@pytest.mark.parametrize("limit", [{"max_lag_bytes": 3000}, {"max_lag_age": "60s"}])
def test_too_far_behind_skips_the_oldest(scene, limit, monkeypatch):
    monkeypatch.setattr("trivet.forward.lane.REQUEST_BYTES", 1)  # a request a record

    async def main():
        async with HttpVendor() as vendor:
            vendor.always = lambda got: Answer(503, {"retry-after": "10"})
            async with scene.forwarding(to_vendor(vendor, **limit)) as forwarder:
                for n in range(100):
                    await scene.append(f"span {n}" + "." * 100)
                    scene.now += 2 * 10**9
                await until(lambda: forwarder.status()[0]["skipped"] >= 70)
                vendor.always = lambda got: Answer()
                await until(lambda: forwarder.status()[0]["pending"] == 0)
                status = forwarder.status()[0]
            arrived = {int(name.rstrip(".").split()[1]) for name in vendor.names()}
            assert arrived and min(arrived) >= 60
            assert status["sent"] == len(vendor.names()) and status["skipped"] + status["sent"] >= 100

    run(main)


def test_running_spans_stay_here_unless_wanted(scene):
    async def main():
        async with HttpVendor() as vendor, HttpVendor() as curious:
            tables = to_vendor(vendor), to_vendor(curious, name="curious", running_spans=True)
            async with scene.forwarding(*tables) as forwarder:
                await scene.append("order.placed", "trivet.span.running", "order.paid", signal="logs")
                await scene.append("trivet.span.running", signal="logs")
                await scene.append("order.sent", signal="logs")
                await curious.until(lambda: len(curious.names("logs")) == 5)
                await vendor.until(lambda: len(vendor.names("logs")) == 3)
                assert sorted(vendor.names("logs")) == ["order.paid", "order.placed", "order.sent"]
                await until(lambda: [status["pending"] for status in forwarder.status()] == [0, 0])
                assert [status["sent"] for status in forwarder.status()] == [3, 5]

    run(main)


@pytest.mark.parametrize("status", [401, 403, 404, 302])
def test_a_refusal_of_us_is_not_a_refusal_of_the_data(scene, status):
    """A mistyped key must cost no data: it waits, and goes when the key is right."""

    async def main():
        async with HttpVendor() as vendor:
            vendor.always = lambda got: Answer(status) if got.headers["api-key"] == "typo" else Answer()
            async with scene.forwarding(to_vendor(vendor, headers={"api-key": "typo"})) as forwarder:
                await scene.append("a")
                await until(lambda: scene.slept)
                assert scene.slept[0] == 61 and forwarder.status()[0]["failed"] == 0
            async with scene.forwarding(to_vendor(vendor, headers={"api-key": "right"})):
                await vendor.until(lambda: vendor.names() == ["a"])

    run(main)


def test_secrets_are_never_shown(scene, caplog):
    async def main():
        async with HttpVendor() as vendor:
            echo = b"your key s3cr3t-key of Bearer t0ken is wrong"
            vendor.script = [
                Answer(503, {"content-type": "text/plain"}, echo),
                Answer(400, {"content-type": "text/plain"}, echo),
            ]
            table = to_vendor(vendor, headers={"api-key": "env:KEY", "authorization": "Bearer env:TOKEN"})
            async with scene.forwarding(table, KEY="s3cr3t-key", TOKEN="t0ken") as forwarder:
                await scene.append("a")
                await until(lambda: forwarder.status()[0]["pending"] == 0)
                shown = str(forwarder.status()) + caplog.text
                shown += "".join(path.read_text() for path in scene.directory.glob("forward/vendor/aside/*.txt"))
                assert "your key *** of *** is wrong" in shown
                assert "s3cr3t" not in shown and "t0ken" not in shown

    run(main)


def test_a_fault_of_our_own_begins_again_at_what_was_confirmed(scene, monkeypatch, caplog):
    async def main():
        async with HttpVendor() as vendor, scene.forwarding(to_vendor(vendor)) as forwarder:
            stream = scene.spool.streams["traces"]
            real, calls = stream.read, []

            def faulty(*arguments, **more):
                calls.append(arguments)
                if len(calls) == 1:
                    raise RuntimeError("not this time")
                return real(*arguments, **more)

            monkeypatch.setattr(stream, "read", faulty)
            await scene.append("a")
            await scene.append("b")
            await until(lambda: forwarder.status()[0]["sent"] == 2)
            assert sorted(vendor.names()) == ["a", "b"]

    run(main)
    assert "not this time" in caplog.text


def test_damaged_records_are_passed_over(scene):
    async def main():
        for name in ("first", "broken", "last"):
            await scene.append(name)
        for path in (scene.directory / "spool" / "traces").glob("*.spool"):
            path.write_bytes(path.read_bytes().replace(b"broken", b"brokem").replace(b"last", b"lost"))
        async with HttpVendor() as vendor, scene.forwarding(to_vendor(vendor)):
            await vendor.until(lambda: vendor.names() == ["first"])
            await scene.append("after")
            await vendor.until(lambda: vendor.names() == ["first", "after"])

    run(main)


def test_a_wrong_table_keeps_the_server_from_starting(scene):
    with pytest.raises(CannotStart, match="vendor"):
        Forwarder(scene.spool, [{"name": "vendor", "endpoint": "nowhere"}], scene.directory)


def test_stopping_is_quick_whatever_the_vendor_does(scene):
    async def main():
        async with HttpVendor() as vendor:
            vendor.always = lambda got: Answer(wait=5)
            async with asyncio.timeout(4):
                async with scene.forwarding(to_vendor(vendor, timeout="1h")):
                    await scene.append("a")
                    await vendor.until(lambda: vendor.got)

    run(main)
