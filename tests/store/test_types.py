import pytest

from trivet.store.types import Type, parse_type


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("UInt8", Type("UInt8", [])),
        ("Nullable(Float64)", Type("Nullable", [Type("Float64", [])])),
        ("Map(LowCardinality(String), Array(Float32))", Type("Map", [
            Type("LowCardinality", [Type("String", [])]), Type("Array", [Type("Float32", [])])])),
        ("DateTime64(9, 'UTC')", Type("DateTime64", [])),
        ("Enum8('a,(' = 1, 'b)' = 2)", Type("Enum8", [])),
        ("Tuple(x Int8, `y z` Nullable(String))", Type("Tuple", [
            Type("Int8", []), Type("Nullable", [Type("String", [])])])),
        ("Tuple()", Type("Tuple", [])),
        ("SimpleAggregateFunction(max, Float64)", Type("SimpleAggregateFunction", [
            Type("max", []), Type("Float64", [])])),
    ],
)  # fmt: skip
def test_trees(text, wanted):
    assert parse_type(text) == wanted
