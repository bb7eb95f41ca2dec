"""Which changes of the wire surface break a client of the released one.

Fields, enum values and RPCs may be added. What is released keeps its number,
name, type, presence and place; what is removed is reserved by number and name.
"""
from google.protobuf import descriptor_pb2, text_format

DESCRIPTORS = "proto/checks/descriptors.binpb"
RELEASED = "proto/checks/released.textproto"


def load_current():
    files = descriptor_pb2.FileDescriptorSet()
    with open(DESCRIPTORS, "rb") as f:
        files.ParseFromString(f.read())
    for file in files.file:
        file.ClearField("source_code_info")
    return files


def load_released(path=RELEASED):
    with open(path, encoding="utf-8") as f:
        return text_format.Parse(f.read(), descriptor_pb2.FileDescriptorSet())


def _messages(files):
    found = {}

    def add(prefix, messages):
        for message in messages:
            found[prefix + message.name] = message
            add(prefix + message.name + ".", message.nested_type)

    for file in files.file:
        add(file.package + ".", file.message_type)
    return found


def _enums(files):
    return {file.package + "." + enum.name: enum for file in files.file for enum in file.enum_type}


def _methods(files):
    return {"%s.%s/%s" % (file.package, service.name, method.name): method
            for file in files.file for service in file.service for method in service.method}


def _reserved(thing, number, name, inclusive):
    """inclusive: ranges of enums hold their end, those of messages do not."""
    last = 0 if inclusive else 1
    return name in thing.reserved_name and any(
        r.start <= number <= r.end - last for r in thing.reserved_range)


def _oneof(message, field):
    return message.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else None


def breaking_changes(released, current):
    """One sentence per change that breaks; empty: compatible."""
    problems = []
    new_messages = _messages(current)
    for name, old in _messages(released).items():
        new = new_messages.get(name)
        if new is None:
            problems.append("message %s is gone" % name)
            continue
        fields = {f.number: f for f in new.field}
        for field in old.field:
            where = "%s.%s = %d" % (name, field.name, field.number)
            now = fields.get(field.number)
            if now is None:
                if not _reserved(new, field.number, field.name, inclusive=False):
                    problems.append("field %s is gone and not reserved by number and name" % where)
                continue
            for what, before, after in (
                    ("name", field.name, now.name), ("type", field.type, now.type),
                    ("label", field.label, now.label), ("message type", field.type_name, now.type_name),
                    ("presence", field.proto3_optional, now.proto3_optional),
                    ("oneof", _oneof(old, field), _oneof(new, now))):
                if before != after:
                    problems.append("field %s: its %s changed from %r to %r" % (where, what, before, after))
    new_enums = _enums(current)
    for name, old in _enums(released).items():
        new = new_enums.get(name)
        if new is None:
            problems.append("enum %s is gone" % name)
            continue
        values = {v.number: v.name for v in new.value}
        for value in old.value:
            if values.get(value.number) == value.name:
                continue
            if value.number not in values and _reserved(new, value.number, value.name, inclusive=True):
                continue
            problems.append("value %s.%s = %d is gone or renamed" % (name, value.name, value.number))
    new_methods = _methods(current)
    for name, old in _methods(released).items():
        new = new_methods.get(name)
        if new is None:
            problems.append("RPC %s is gone" % name)
            continue
        shape = lambda m: (m.input_type, m.output_type, m.client_streaming, m.server_streaming)
        if shape(old) != shape(new):
            problems.append("RPC %s changed from %s to %s" % (name, shape(old), shape(new)))
    return problems
