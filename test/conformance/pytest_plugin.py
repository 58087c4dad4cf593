"""What Kist's conformance run adds to pytest while the suite runs.

- Each worker reads a configuration of its own: the suite's six identities, its alone.
- Each test has a bucket prefix of its own, and its buckets are removed after it: what one test leaves
  behind cannot fail the next. A bucket that cannot be removed fails the test that made it.
- Only the selected tests run, and what becomes of each goes to a file, a JSON line for each phase.

Everything is exchanged through the directory that KIST_CONFORMANCE_DIR names.
"""

import json
import os
import secrets

import pytest

HERE = os.environ["KIST_CONFORMANCE_DIR"]
WORKER = os.environ.get("PYTEST_XDIST_WORKER")


def pytest_configure(config):
    number = (WORKER or "gw0").removeprefix("gw")
    os.environ["S3TEST_CONF"] = os.path.join(HERE, f"suite-{number}.conf")
    isolate_tests()


def isolate_tests():
    """Puts our set-up and clean-up in the place of the suite's, which its fixture looks up by name."""
    import s3tests.functional as suite

    clients = []

    def new_prefix():
        suite.prefix = f"kist-{secrets.token_hex(8)}-"

    def remove_buckets():
        if not clients:
            makers = (suite.get_client, suite.get_alt_client, suite.get_tenant_client)
            clients.extend(make() for make in makers)
        problems = []
        for client in clients:
            try:
                suite.nuke_prefixed_buckets(prefix=suite.prefix, client=client)
            except Exception as problem:
                problems.append(problem)
        if problems:
            raise problems[0]

    suite.setup = new_prefix
    suite.teardown = remove_buckets


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    if config.option.collectonly:
        with open(os.path.join(HERE, "collected.json"), "w") as file:
            json.dump([{"id": i.nodeid, "markers": sorted({m.name for m in i.iter_markers()})} for i in items], file)
        return
    with open(os.path.join(HERE, "selected.json")) as file:
        selected = set(json.load(file))
    left_out = [item for item in items if item.nodeid not in selected]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item.nodeid in selected]
    for item in items:
        # Some of these share buckets whose names are fixed: one worker's account must have them all.
        if "test_s3select.py" in item.nodeid:
            item.add_marker(pytest.mark.xdist_group("select"))


def pytest_runtest_logreport(report):
    if WORKER is not None:
        return  # The process that started the workers hears of everything.
    line = {
        "id": report.nodeid.removesuffix("@select"),
        "phase": report.when,
        "outcome": report.outcome,
        "seconds": round(report.duration, 2),
        "message": message_of(report),
        "details": str(report.longrepr) if report.failed else "",
    }
    with open(os.path.join(HERE, "results.jsonl"), "a") as file:
        file.write(json.dumps(line) + "\n")


def message_of(report):
    if report.skipped and isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    if not report.failed:
        return ""
    crash = getattr(report.longrepr, "reprcrash", None)
    return " ".join(str(crash.message if crash else report.longrepr).split())
