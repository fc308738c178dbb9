"""OTLP's messages, and private families of them that read the same wire in another shape.

The official classes come from `opentelemetry-proto`. A *family* is the same files in a descriptor pool of its own,
each message changed by a function before it is built: other field names, another cardinality, other types of the same
wire encoding. That is how the C runtime does for us what would otherwise be Python per span.
"""

from collections.abc import Callable, Iterator
from typing import Final

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

REQUESTS: Final[dict[str, type[Message]]] = {
    "traces": trace_service_pb2.ExportTraceServiceRequest,
    "metrics": metrics_service_pb2.ExportMetricsServiceRequest,
    "logs": logs_service_pb2.ExportLogsServiceRequest,
}
RESPONSES: Final[dict[str, type[Message]]] = {
    "traces": trace_service_pb2.ExportTraceServiceResponse,
    "metrics": metrics_service_pb2.ExportMetricsServiceResponse,
    "logs": logs_service_pb2.ExportLogsServiceResponse,
}


class Family:
    """All of OTLP's messages, each changed by `change` (in place, before it is built); names stay the official ones."""

    def __init__(self, change: Callable[[DescriptorProto], None]):
        self._pool = DescriptorPool()
        for file in _files():
            for message in _messages(file.message_type):
                change(message)
            self._pool.AddSerializedFile(file.SerializeToString())

    def of(self, official: type[Message]) -> type[Message]:
        return self.named(official.DESCRIPTOR.full_name)

    def named(self, full_name: str) -> type[Message]:
        return GetMessageClass(self._pool.FindMessageTypeByName(full_name))


def _files() -> list[FileDescriptorProto]:
    """The files of the three services and what they import, each after what it imports."""
    found: dict[str, FileDescriptor] = {}

    def visit(file: FileDescriptor) -> None:
        for imported in file.dependencies:
            visit(imported)
        found.setdefault(file.name, file)

    for request in REQUESTS.values():
        visit(request.DESCRIPTOR.file)
    return [FileDescriptorProto.FromString(file.serialized_pb) for file in found.values()]


def _messages(among: object) -> Iterator[DescriptorProto]:
    for message in among:
        yield message
        yield from _messages(message.nested_type)


def strings_as_bytes(message: DescriptorProto) -> None:
    """The same wire type without the check for UTF-8: one bad attribute must not refuse a request."""
    for field in message.field:
        if field.type == FieldDescriptorProto.TYPE_STRING:
            field.type = FieldDescriptorProto.TYPE_BYTES


def without_oneofs(message: DescriptorProto) -> None:
    """Members of a oneof become plain fields, so that a later one does not throw away an earlier one."""
    for field in message.field:
        field.ClearField("oneof_index")
        field.ClearField("proto3_optional")
    del message.oneof_decl[:]


LENIENT: Final = Family(strings_as_bytes)
"""For readers of stored bytes: every string field is `bytes`, decoded by whoever shows it."""
