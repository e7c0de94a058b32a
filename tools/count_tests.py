"""Counts the test cases of one run of `bazel test`.

count_tests.py EVENTS EXIT_CODE

EVENTS is what --build_event_json_file wrote, so that only results of that run
count and none that lies about from an earlier one. EXIT_CODE is Bazel's. Prints
the failed and the skipped cases and a last line "N passed, N failed". Fails
where a case failed, something didn't build, or no test ran.
"""
import collections
import json
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

Case = collections.namedtuple("Case", "name outcome message")


def read_events(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def results(events):
    """(label, status, path of test.xml or None) for each part of each test.

    A test that was tried again counts with its last attempt.
    """
    last = {}
    for event in events:
        key = event["id"].get("testResult")
        if key is None or "testResult" not in event:
            continue
        part = (key["label"], key.get("run", 1), key.get("shard", 1))
        if key.get("attempt", 1) >= last.get(part, (0,))[0]:
            last[part] = (key.get("attempt", 1), event["testResult"])
    for (label, _, _), (_, result) in sorted(last.items(), key=lambda x: x[0]):
        uris = [output["uri"] for output in result.get("testActionOutput", [])
                if output["name"] == "test.xml"]
        path = urllib.parse.unquote(urllib.parse.urlparse(uris[0]).path) \
            if uris else None
        yield label, result["status"], path


def unbuilt(events):
    """Labels of what failed to build or to be analysed.

    Targets that Bazel didn't come to after a failure have no detail of it.
    """
    labels = set()
    for event in events:
        completed = event["id"].get("targetCompleted")
        if completed and "failureDetail" in event.get("completed", {}):
            labels.add(completed["label"])
    return sorted(labels)


def cases_of_xml(path):
    try:
        root = ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError):
        return
    for case in root.iter("testcase"):
        name = "%s.%s" % (case.get("classname", ""), case.get("name", ""))
        name = name.lstrip(".")
        bad = [x for x in case if x.tag in ("failure", "error")]
        skipped = case.find("skipped")
        if bad:
            text = bad[0].get("message") or bad[0].text or ""
            yield Case(name, "failed", text.strip())
        elif skipped is not None:
            yield Case(name, "skipped", reason(skipped))
        elif case.get("status") == "notrun":
            yield Case(name, "skipped", "disabled")
        else:
            yield Case(name, "passed", "")


def reason(skipped):
    """GoogleTest's message: a line of file and line, then the reason."""
    lines = (skipped.get("message") or skipped.text or "").strip().splitlines()
    if len(lines) > 1 and lines[0].rpartition(":")[2].isdigit():
        lines = lines[1:]
    return " ".join(lines) or "no reason given"


def cases_of_target(label, status, path):
    cases = list(cases_of_xml(path)) if path else []
    failed = any(case.outcome == "failed" for case in cases)
    if status not in ("PASSED", "FLAKY") and not failed:
        # It timed out, or failed after its last case: a leak, say.
        cases.append(Case("(the whole test)", "failed", status))
    elif not cases:
        cases.append(Case("(the whole test)", "passed", ""))
    return [case._replace(name="%s %s" % (label, case.name)) for case in cases]


def main():
    events = read_events(sys.argv[1])
    cases = [case for result in results(events)
             for case in cases_of_target(*result)]
    grouped = collections.defaultdict(list)
    for case in cases:
        grouped[case.outcome].append(case)
    for case in grouped["failed"]:
        print("FAILED %s\n    %s" % (
            case.name, case.message.replace("\n", "\n    ")))
    broken = unbuilt(events)
    built = sys.argv[2] in ("0", "3") and not broken  # 3: tests failed
    for label in broken:
        print("NOT BUILT %s" % label)
    if not built:
        print("The build failed; its errors stand above.")
    print("skipped: %d" % len(grouped["skipped"]))
    for case in grouped["skipped"]:
        print("    %s: %s" % (case.name, case.message))
    # What wasn't built counts too, so that the last line alone tells.
    failed = len(grouped["failed"]) + (0 if built else max(1, len(broken)))
    print("%d passed, %d failed" % (len(grouped["passed"]), failed))
    if failed or not cases or sys.argv[2] != "0":
        sys.exit(1)


main()
