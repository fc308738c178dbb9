import asyncio
import inspect

import pytest
from opentelemetry.trace import get_current_span

from trivet.sdk.decorate import decorate


@pytest.fixture
def spanned(tracer):
    return lambda function: decorate(function, lambda: tracer.start_as_current_span("s"))


def current_name() -> str | None:
    return getattr(get_current_span(), "name", None)


def test_a_function_gets_a_span_at_each_call_and_keeps_its_name(spanned, ended):
    @spanned
    def add(a: int, b: int = 1) -> int:
        """Adds."""
        assert current_name() == "s"
        return a + b

    assert (add(1), add(1, b=2)) == (2, 3) and len(ended) == 2
    assert (
        add.__name__ == "add"
        and add.__doc__ == "Adds."
        and str(inspect.signature(add)) == "(a: int, b: int = 1) -> int"
    )


def test_recursion_nests(spanned, ended):
    @spanned
    def down(n: int) -> None:
        if n:
            down(n - 1)

    down(2)
    inner, middle, outer = ended
    assert inner.parent == middle.context and middle.parent == outer.context and outer.parent is None


def test_a_coroutine_is_one_until_its_end(spanned, ended):
    @spanned
    async def work() -> str:
        await asyncio.sleep(0)
        assert not ended
        return current_name()

    assert inspect.iscoroutinefunction(work)
    assert asyncio.run(work()) == "s" and len(ended) == 1


def test_a_generator_runs_inside_its_span_and_its_consumer_outside(spanned, ended):
    @spanned
    def numbers():
        given = yield current_name()
        try:
            yield given
        except KeyError:
            yield "caught"
        return "done"

    assert inspect.isgeneratorfunction(numbers)
    steps = numbers()
    assert next(steps) == "s" and current_name() is None and not ended
    assert steps.send("given") == "given"
    assert steps.throw(KeyError()) == "caught"
    with pytest.raises(StopIteration) as stop:
        next(steps)
    assert stop.value.value == "done" and len(ended) == 1 and ended[0].status.is_unset


def test_a_generator_that_fails_or_is_closed_ends_its_span(spanned, ended):
    closed: list[str] = []

    @spanned
    def numbers():
        try:
            yield 1
            raise ValueError("broken")
        finally:
            closed.append(current_name())

    with pytest.raises(ValueError):
        list(numbers())
    assert ended[0].status.description == "ValueError: broken"
    steps = numbers()
    next(steps)
    steps.close()
    assert closed == ["s", "s"] and len(ended) == 2 and ended[1].status.is_unset
    assert current_name() is None


def test_an_async_generator_likewise(spanned, ended):
    @spanned
    async def numbers():
        given = yield current_name()
        try:
            yield given
        except KeyError:
            yield "caught"

    async def consume():
        steps = numbers()
        assert await anext(steps) == "s" and current_name() is None
        assert await steps.asend("given") == "given"
        assert await steps.athrow(KeyError()) == "caught"
        assert [item async for item in steps] == [] and len(ended) == 1
        steps = numbers()
        await anext(steps)
        await steps.aclose()
        assert len(ended) == 2 and current_name() is None

    assert inspect.isasyncgenfunction(numbers)
    asyncio.run(consume())


def test_methods_and_generators_interleave(spanned, ended):
    class Source:
        @spanned
        def items(self, n: int):
            yield from range(n)

    assert list(zip(Source().items(2), Source().items(2), strict=True)) == [(0, 0), (1, 1)]
    assert len(ended) == 2 and all(span.parent is None for span in ended)
