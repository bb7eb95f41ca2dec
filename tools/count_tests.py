#!/usr/bin/python3
"""Counts test cases from Bazel's build event files and prints the closing line.

Usage: count_tests.py LANE=EVENTS.json... [--case=NAME=passed|failed]...

For every test target that ran (or was taken from the cache), its test.xml says
how many cases passed, failed and were skipped. A target that failed without a
failed case in its file (a crash, a timeout, no file) counts as one failed case,
and so does one that could not be built. --case adds what ran outside of Bazel.
Exit status 1 if anything failed or nothing ran.
"""
import json
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree


def cases(path):
    """(passed, [failed names], [(skipped name, reason)]) of one test.xml."""
    passed, failed, skipped = 0, [], []
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = "%s.%s" % (case.get("classname", ""), case.get("name", ""))
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
        elif case.find("skipped") is not None:
            skipped.append((name, case.find("skipped").get("message", "no reason given").strip()))
        elif case.get("status") == "notrun" or case.get("result") in ("suppressed", "skipped"):
            skipped.append((name, "disabled"))
        else:
            passed += 1
    return passed, failed, skipped


def lane_results(events_path):
    """Yields (label, passed, failed names, skipped) for every test target."""
    seen = {}
    not_built = set()
    with open(events_path) as events:
        for line in events:
            event = json.loads(line)
            ident = event.get("id", {})
            if "testResult" in ident and "testResult" in event:
                label = ident["testResult"]["label"]
                shard = ident["testResult"].get("shard", 1)
                seen[(label, shard)] = event["testResult"]  # the last attempt counts
            elif "targetCompleted" in ident and "aborted" in event:
                not_built.add(ident["targetCompleted"]["label"])
            elif "targetCompleted" in ident and not event.get("completed", {}).get("success", False):
                not_built.add(ident["targetCompleted"]["label"])
    for (label, _), result in sorted(seen.items()):
        xml = [o["uri"] for o in result.get("testActionOutput", []) if o["name"] == "test.xml"]
        passed, failed, skipped = 0, [], []
        if xml:
            passed, failed, skipped = cases(urllib.parse.unquote(urllib.parse.urlparse(xml[0]).path))
        if result.get("status") not in ("PASSED", "FLAKY") and not failed:
            failed = ["%s (%s)" % (label, result.get("status"))]
        yield label, passed, failed, skipped
    for label in sorted(not_built - {label for label, _ in seen}):
        yield label, 0, ["%s (not built)" % label], []


def main():
    total_passed, total_failed, total_skipped = 0, 0, 0
    for argument in sys.argv[1:]:
        if argument.startswith("--case="):
            name, outcome = argument[len("--case="):].rsplit("=", 1)
            total_passed += outcome == "passed"
            total_failed += outcome != "passed"
            if outcome != "passed":
                print("FAILED  %s" % name)
            continue
        lane, path = argument.split("=", 1)
        for label, passed, failed, skipped in lane_results(path):
            total_passed += passed
            total_failed += len(failed)
            total_skipped += len(skipped)
            for name in failed:
                print("FAILED  [%s] %s %s" % (lane, label, name))
            for name, reason in skipped:
                print("skipped [%s] %s %s: %s" % (lane, label, name, reason))
    print("%d passed, %d failed, %d skipped" % (total_passed, total_failed, total_skipped))
    return 1 if total_failed or not total_passed else 0


if __name__ == "__main__":
    sys.exit(main())
