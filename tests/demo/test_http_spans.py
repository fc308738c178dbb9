import threading
from collections.abc import Iterator

import pytest

from trivet.demo.http_spans import Answer, Failed, call, send, serve


def greet(name: str, loud: str = "", times: int = 1) -> Answer:
    return {"said": f"hello {name}{loud}" * times}


def fail(status: str) -> Answer:
    raise Failed(int(status), "not today")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serve({"GET /greet/{name}": greet, "POST /greet/{name}": greet, "GET /fail/{status}": fail}) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_path_query_and_body_become_arguments(url: str):
    assert call(url, "GET", "/greet/Ada?loud=!") == {"said": "hello Ada!"}
    assert call(url, "POST", "/greet/Ada", {"times": 2}) == {"said": "hello Adahello Ada"}


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/fail/402", 402, "not today"),
        ("/fail/503", 502, "not today"),
        ("/fail/nonsense", 502, "internal error"),
        ("/nowhere", 404, "no such page"),
        ("/greet/Ada/more", 404, "no such page"),
    ],
)
def test_a_failure_travels_up(url: str, path: str, status: int, message: str):
    with pytest.raises(Failed, match=message) as failed:
        call(url, "GET", path)
    assert failed.value.status == status


def test_the_answer_names_its_trace(url: str):
    *_, headers = send(url, "GET", "/greet/Ada", None, {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"})
    assert headers["traceresponse"].split("-")[1] == "ab" * 16
