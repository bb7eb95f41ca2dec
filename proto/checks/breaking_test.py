"""The surface breaks no client of the released one; and the check would notice."""
import copy
import unittest

from google.protobuf import descriptor_pb2

from proto.checks import breaking

MEND = ("A released field, value or RPC must stay, or be reserved by number and name. "
        "Additions: bazel run //proto/checks:release")


class BreakingTest(unittest.TestCase):

    def setUp(self):
        self.current = breaking.load_current()

    def message(self, files, name):
        return breaking._messages(files)["picost.v1." + name]

    def changed(self, change):
        files = copy.deepcopy(self.current)
        change(files)
        return breaking.breaking_changes(self.current, files)

    def test_nothing_released_is_broken(self):
        self.assertEqual([], breaking.breaking_changes(breaking.load_released(), self.current), MEND)

    def test_everything_present_is_released(self):
        # Otherwise nothing would hold a new field in place.
        self.assertEqual([], breaking.breaking_changes(self.current, breaking.load_released()), MEND)

    def test_additions_are_compatible(self):
        def add(files):
            self.message(files, "Counts").field.add(name="more", number=99, type=3, label=1)
        self.assertEqual([], self.changed(add))

    def test_renaming_retyping_and_removing_a_field_are_noticed(self):
        def rename(files):
            self.message(files, "Counts").field[0].name = "relus"

        def retype(files):
            self.message(files, "Counts").field[0].type = descriptor_pb2.FieldDescriptorProto.TYPE_STRING

        def remove(files):
            del self.message(files, "Counts").field[0]

        for change in (rename, retype, remove):
            self.assertEqual(1, len(self.changed(change)), change.__name__)

    def test_a_removed_field_that_is_reserved_is_compatible(self):
        def remove(files):
            message = self.message(files, "Counts")
            message.reserved_range.add(start=message.field[0].number, end=message.field[0].number + 1)
            message.reserved_name.append(message.field[0].name)
            del message.field[0]
        self.assertEqual([], self.changed(remove))

    def test_changed_enums_and_rpcs_are_noticed(self):
        def value(files):
            next(f for f in files.file if f.enum_type).enum_type[0].value[1].name = "OTHER"

        def rpc(files):
            next(f for f in files.file if f.service).service[0].method[0].server_streaming = True

        def gone(files):
            del next(f for f in files.file if f.service).service[0].method[0]

        for change in (value, rpc, gone):
            self.assertEqual(1, len(self.changed(change)), change.__name__)


if __name__ == "__main__":
    unittest.main()
