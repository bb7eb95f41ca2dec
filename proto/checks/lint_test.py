"""How the wire surface must look: comments, names, units, presence."""
import re
import unittest

from google.protobuf import descriptor_pb2

FIELD = descriptor_pb2.FieldDescriptorProto

# A number whose name speaks of one of these must end in a unit.
MEASURED = re.compile(r"(latency|duration|time|delay|bandwidth|rate|traffic|storage|size)")
UNITS = ("_seconds", "_bytes", "_bytes_per_second", "_flights", "_stddev", "_bound", "_micros",
         "_seconds_per_relu")
# Doubles are modelled quantities: each has a unit, or is a pure ratio by its name.
RATIOS = ("_relative_stddev", "_relative_bound", "level", "importance", "importance_bound", "_share", "_shares", "factor", "_ratio", "utilization",
          "_per_second")
# Interval is a number in the unit of the field that holds it; the others in that of
# the metric named beside it.
UNITLESS_MESSAGES = ("Interval", "Objective", "ReportedMetric", "FrontPoint", "ParetoFront")
# page_size is the name that Google's API improvement proposals fix.
FIXED_NAMES = ("page_size",)


def load():
    files = descriptor_pb2.FileDescriptorSet()
    with open("proto/checks/descriptors.binpb", "rb") as f:
        files.ParseFromString(f.read())
    return files.file


class LintTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.files = [f for f in load() if f.package == "picost.v1"]
        assert len(cls.files) >= 7, "the descriptor set must hold the whole surface"

    def comments(self, file):
        return {tuple(l.path): l.leading_comments.strip() for l in file.source_code_info.location}

    def things(self):
        """(what, name, path of the comment, file) of everything that needs a comment."""
        for file in self.files:
            def messages(found, prefix, path):
                for i, message in enumerate(found):
                    if message.options.map_entry:
                        continue
                    here = path + (i,)
                    yield "message", prefix + message.name, here, file
                    for j, field in enumerate(message.field):
                        yield "field", prefix + message.name + "." + field.name, here + (2, j), file
                    for j, enum in enumerate(message.enum_type):
                        yield from enums([enum], prefix + message.name + ".", here + (4,), j)
                    yield from messages(message.nested_type, prefix + message.name + ".", here + (3,))

            def enums(found, prefix, path, first=0):
                for i, enum in enumerate(found):
                    here = path + (i + first,)
                    yield "enum", prefix + enum.name, here, file
                    for j, value in enumerate(enum.value):
                        yield "value", prefix + enum.name + "." + value.name, here + (2, j), file

            yield from messages(file.message_type, "", (4,))
            yield from enums(file.enum_type, "", (5,))
            for i, service in enumerate(file.service):
                yield "service", service.name, (6, i), file
                for j, method in enumerate(service.method):
                    yield "rpc", service.name + "." + method.name, (6, i, 2, j), file

    def messages(self):
        for file in self.files:
            stack = list(file.message_type)
            while stack:
                message = stack.pop()
                if not message.options.map_entry:
                    yield message
                stack.extend(message.nested_type)

    def test_everything_has_a_comment(self):
        missing = ["%s %s" % (what, name) for what, name, path, file in self.things()
                   if len(self.comments(file).get(path, "")) < 4]
        self.assertEqual([], missing)

    def test_files_say_what_they_hold(self):
        for file in self.files:
            locations = [l for l in file.source_code_info.location if list(l.path) == [12]]
            text = " ".join(d for l in locations for d in list(l.leading_detached_comments) + [l.leading_comments])
            self.assertGreater(len(text.strip()), 20, file.name)

    def test_names_follow_their_case(self):
        for what, name, _, _ in self.things():
            last = name.split(".")[-1]
            pattern = {"field": r"[a-z][a-z0-9]*(_[a-z0-9]+)*", "value": r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*"}.get(
                what, r"[A-Z][A-Za-z0-9]*")
            self.assertRegex(last, "^%s$" % pattern, name)

    def test_enums_begin_with_unspecified_and_carry_their_prefix(self):
        for file in self.files:
            for enum in file.enum_type:
                prefix = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", enum.name).upper() + "_"
                self.assertEqual((prefix + "UNSPECIFIED", 0), (enum.value[0].name, enum.value[0].number))
                for value in enum.value:
                    self.assertTrue(value.name.startswith(prefix), value.name)

    def test_units_stand_in_names(self):
        numbers = (FIELD.TYPE_DOUBLE, FIELD.TYPE_INT64, FIELD.TYPE_INT32, FIELD.TYPE_UINT64)
        for message in self.messages():
            if message.name in UNITLESS_MESSAGES:
                continue
            for field in message.field:
                name = message.name + "." + field.name
                if field.type == FIELD.TYPE_FLOAT:
                    self.fail(name + ": use double")
                if field.type not in numbers or field.name in FIXED_NAMES:
                    continue
                if field.type == FIELD.TYPE_DOUBLE:
                    self.assertTrue(field.name.endswith(UNITS + RATIOS), name + " is a double without a unit")
                elif MEASURED.search(field.name):
                    self.assertTrue(field.name.endswith(UNITS), name + " has no unit")

    def test_intervals_are_held_by_fields_with_a_unit(self):
        for message in self.messages():
            for field in message.field:
                if field.type_name == ".picost.v1.Interval":
                    self.assertTrue(field.name.endswith(("seconds", "_bytes")), message.name + "." + field.name)

    def test_answers_hold_no_maps(self):
        # Maps have no order on the wire: equal answers would not be equal bytes.
        # What a caller spelled out may be repeated as it was: Probe, ProtocolChoice.
        inputs = ("Request", "GraphSource", "ProtocolChoice", "Probe")
        for message in self.messages():
            for nested in message.nested_type:
                if nested.options.map_entry:
                    self.assertTrue(message.name.endswith(inputs), message.name + " holds a map")

    def test_lists_are_paged(self):
        by_name = {m.name: m for m in self.messages()}
        for file in self.files:
            for service in file.service:
                for method in service.method:
                    if not method.name.startswith("List"):
                        continue
                    request = {f.name for f in by_name[method.name + "Request"].field}
                    response = {f.name: f for f in by_name[method.name + "Response"].field}
                    self.assertLessEqual({"page_size", "page_token"}, request, method.name)
                    self.assertIn("next_page_token", response, method.name)
                    repeated = [f for f in response.values() if f.label == FIELD.LABEL_REPEATED]
                    self.assertEqual(1, len(repeated), method.name)

    def test_requests_are_named_after_their_rpc(self):
        for file in self.files:
            for service in file.service:
                for method in service.method:
                    self.assertEqual(".picost.v1.%sRequest" % method.name, method.input_type)


if __name__ == "__main__":
    unittest.main()
