import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF as OFFICIAL_OFF
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, TraceState

from trivet.sdk.sampling import ALWAYS_OFF, ALWAYS_ON, Decision, SamplingResult, TraceIdRatio, from_environment
from trivet.sdk.tracer import TracerProvider

TRACE = 0x0AF7651916CD43DD8448EB211C80319C
RATIO = {"OTEL_TRACES_SAMPLER": "traceidratio"}


def parent(sampled: bool, remote: bool):
    flags = TraceFlags(TraceFlags.SAMPLED if sampled else 0)
    context = SpanContext(TRACE, 0xB7AD6B7169203331, remote, flags, TraceState([("vendor", "x")]))
    return trace.set_span_in_context(NonRecordingSpan(context))


def start(environ: dict[str, str], context=None, parent_sampling: str = "") -> trace.Span:
    provider = TracerProvider(sampler=from_environment(environ, parent_sampling))
    return provider.get_tracer("t").start_span("s", context=context)


@pytest.mark.parametrize(
    ("environ", "wish", "sampled", "remote", "records"),
    [
        ({}, "", False, True, True),  # a front end that samples must not blind us
        ({}, "ignore", False, True, True),
        ({}, "respect", False, True, False),
        ({}, "", True, True, True),
        ({}, "", False, False, False),  # local children follow their local parent
        ({"OTEL_TRACES_SAMPLER": "parentbased_always_on"}, "", False, True, False),
        ({"OTEL_TRACES_SAMPLER": "parentbased_always_on"}, "ignore", False, True, True),
        ({"OTEL_TRACES_SAMPLER": "parentbased_always_off"}, "", True, True, True),
        ({"OTEL_TRACES_SAMPLER": "parentbased_always_off"}, "ignore", False, True, False),
        ({"OTEL_TRACES_SAMPLER": "always_on"}, "", False, False, True),
        ({"OTEL_TRACES_SAMPLER": "always_off"}, "", True, True, False),
    ],
)
def test_what_a_parents_flag_does(environ, wish, sampled, remote, records):
    span = start(environ, parent(sampled, remote), wish)
    context = span.get_span_context()
    assert span.is_recording() is records
    assert context.trace_id == TRACE and context.trace_flags == (1 if records else 0)
    assert context.trace_state == {"vendor": "x"} and not context.is_remote


@pytest.mark.parametrize(
    ("environ", "records"),
    [
        ({}, True),
        ({"OTEL_TRACES_SAMPLER": "always_off"}, False),
        ({"OTEL_TRACES_SAMPLER": "parentbased_always_off"}, False),
        (RATIO | {"OTEL_TRACES_SAMPLER_ARG": "0"}, False),
        (RATIO | {"OTEL_TRACES_SAMPLER_ARG": "1"}, True),
        (RATIO | {"OTEL_TRACES_SAMPLER_ARG": "-3"}, True),
        (RATIO | {"OTEL_TRACES_SAMPLER_ARG": "few"}, True),
        ({"OTEL_TRACES_SAMPLER": "xray"}, True),
        ({"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0"}, False),
    ],
)
def test_roots(environ, records):
    span = start(environ)
    assert span.is_recording() is records
    assert span.get_span_context().trace_flags == (3 if records else 2)  # random id, and sampled


def test_a_ratio_is_chosen_by_the_low_64_bits_as_the_official_one_does():
    sampler = TraceIdRatio(0.5)
    decide = [sampler.should_sample(None, trace_id, "s").decision for trace_id in (1 << 127, 2**63 - 1, 2**63)]
    assert decide == [Decision.RECORD_AND_SAMPLE, Decision.RECORD_AND_SAMPLE, Decision.DROP]
    with pytest.raises(ValueError):
        TraceIdRatio(1.5)


def test_children_of_an_unsampled_local_root_are_unsampled_too(ended):
    provider = TracerProvider(sampler=from_environment({"OTEL_TRACES_SAMPLER": "parentbased_always_off"}))
    tracer = provider.get_tracer("t")
    with tracer.start_as_current_span("root") as root, tracer.start_as_current_span("child") as child:
        assert child.get_span_context().trace_id == root.get_span_context().trace_id
        assert not child.is_recording()


class Choosy:
    def should_sample(self, parent_context, trace_id, name, kind=None, attributes=None, links=None):
        decision = Decision.RECORD_ONLY if name == "quiet" else Decision.RECORD_AND_SAMPLE
        return SamplingResult(decision, {**(attributes or {}), "chosen": True}, TraceState([("rule", "1")]))

    def get_description(self):
        return "Choosy"


def test_a_sampler_adds_attributes_and_state_and_may_record_without_sending(ended):
    tracer = TracerProvider(sampler=Choosy(), deliver=ended.append).get_tracer("t")
    tracer.start_span("loud", attributes={"a": 1}).end()
    quiet = tracer.start_span("quiet")
    assert quiet.is_recording() and not quiet.get_span_context().trace_flags.sampled
    quiet.end()
    (loud,) = ended
    assert loud.attributes == {"a": 1, "chosen": True} and loud.context.trace_state == {"rule": "1"}


def test_an_official_sampler_works_too():
    assert not TracerProvider(sampler=OFFICIAL_OFF).get_tracer("t").start_span("s").is_recording()


def test_samplers_say_what_they_are():
    assert from_environment({}).get_description() == (
        "ParentBased{root:AlwaysOnSampler,remoteParentNotSampled:AlwaysOnSampler}"
    )
    assert from_environment({}, "respect").get_description().endswith("NotSampled:AlwaysOffSampler}")
    assert (ALWAYS_ON.get_description(), ALWAYS_OFF.get_description()) == ("AlwaysOnSampler", "AlwaysOffSampler")
    assert TraceIdRatio(0.25).get_description() == "TraceIdRatioBased{0.25}"
