"""What Plivo says by itself and when asked: reports on their way to the worker, and its list read for unconfirmed sends."""
import uuid
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from harness import eventually
from sender_doubles import ACCEPT, Ingress
from sender_stage import stage, start  # noqa: F401 (fixtures)

# --- reports -----------------------------------------------------------------------------------------------------------

REPORT = {"path": "/plivo/status", "body": b"From=15550100000&To=15550100001&MessageUUID=u-1&Status=delivered&Sequence=3",
          "received_at": 1790000000000}


def test_a_report_is_answered_after_the_worker_has_it(stage):
    ingress = Ingress(stage.run_dir)
    message = uuid.uuid4()
    ref = {"path": f"/plivo/status/1/4/{message}/2", "query": "t=" + "ab" * 16}
    reply, answers = ingress.report(REPORT | ref, REPORT | {"body": b"nonsense"}, REPORT)
    assert "error" not in reply
    assert [a.get("result", "committed") for a in answers] == ["committed", "quarantined", "committed"]
    first, second = stage.worker.reports
    assert first["ref_message"] == message.bytes and first["ref_attempt"] == 2 and first["ref_generation"] == 4
    assert first["ref_hmac"] == "ab" * 16 and first["status_word"] == "delivered" and first["sequence"] == 3
    assert first["from"] == "+15550100000" and first["raw"] == REPORT["body"].decode()
    assert "ref_message" not in second
    ingress.close()


def test_without_the_workers_commit_ingress_is_told_to_come_again(stage):
    stage.worker.deaf.add("report")
    ingress = Ingress(stage.run_dir)
    reply, answers = ingress.report(REPORT)
    assert reply["error"] == "busy" and answers == []
    ingress.close()


# --- settling ----------------------------------------------------------------------------------------------------------

def record(n, **more):
    return {"message_uuid": f"u-{n}", "from_number": "15550100000", "to_number": "15550100001", "units": 1, "message_state": "sent",
            "error_code": "000", "message_time": "2026-07-13 13:04:06.799021+00:00", **more}


def pages(count, size=20, break_at=None):
    """behave() of a list of `count` records; the page that begins at break_at is answered 503."""
    def behave(request):
        if request["method"] != "GET":
            return ACCEPT
        offset = int(request["path"].rpartition("offset=")[2])
        if offset == break_at:
            return 503, {"error": "no"}
        more = offset + size < count
        return 200, {"meta": {"limit": size, "offset": offset, "next": "/more" if more else None},
                     "objects": [record(n) for n in range(offset, min(count, offset + size))]}
    return behave


def ask(stage, attempt=None, timeout=20):
    with stage.worker.lock:
        stage.worker.unsettled = {"attempts": [attempt or {"tenant": 1, "message": uuid.uuid4().bytes, "attempt": 1}],
                                  "window_from": 1783947600000, "window_to": 1783947900000}
    return eventually(lambda: stage.worker.settles, timeout, "what the list says")[-1]


def test_the_list_is_read_to_its_end_and_told_whole(stage):
    stage.plivo.behave = pages(45)
    told = ask(stage)
    assert told["is_complete"] and [r["uuid"] for r in told["records"]] == [f"u-{n}" for n in range(45)]
    assert told["records"][0]["from"] == "+15550100000" and "error_code" not in told["records"][0]
    assert told["window_from"] == 1783947600000 and told["epoch"] == stage.worker.epoch
    paths = [r["path"] for r in stage.plivo.requests]
    assert len(paths) == 3 and all("message_direction=outbound" in p and "limit=20" in p for p in paths)
    assert "message_time__gte=2026-07-13%2012%3A59%3A00.000" in paths[0]
    assert "message_time__lte=2026-07-13%2013%3A06%3A00.000" in paths[0]


def test_a_page_that_was_not_answered_200_makes_the_look_incomplete(stage):
    stage.plivo.behave = pages(45, break_at=20)
    told = ask(stage)
    assert not told.get("is_complete") and len(told["records"]) == 20


def timed_pages(count, first, last, size=20, tells_total=False):
    """behave() of a list of `count` records that lie evenly in a time and can be asked for by time, as Plivo's can."""
    every = [(first + (last - first) * n / count, record(n, to_number=f"1555{n:07}")) for n in range(count)]

    def behave(request):
        if request["method"] != "GET":
            return ACCEPT
        asked = parse_qs(urlsplit(request["path"]).query)
        begin, end = (datetime.fromisoformat(asked[f"message_time__{k}"][0] + "+00:00").timestamp() for k in ("gte", "lte"))
        offset = int(asked["offset"][0])
        found = [r for at, r in every if begin <= at <= end]
        total = {"total_count": len(found)} if tells_total else {}
        return 200, {"meta": {"limit": size, "offset": offset, "next": "/more" if offset + size < len(found) else None, **total},
                     "objects": found[offset:offset + size]}
    return behave


@pytest.mark.parametrize("tells_total", (False, True))
def test_a_list_too_long_to_be_read_at_once_is_read_in_pieces_of_time(stage, tells_total):
    """2,600 sends in the window, where a piece has room for 2,000; of them only what the attempt could own, and its witness, is told."""
    attempt = {"tenant": 1, "message": uuid.uuid4().bytes, "attempt": 1, "to": "+15550000007", "witness": "u-2599"}
    stage.plivo.behave = timed_pages(2600, 1783947600, 1783947900, tells_total=tells_total)
    told = ask(stage, attempt, timeout=60)
    assert told["is_complete"] and [r["uuid"] for r in told["records"]] == ["u-7", "u-2599"]
    assert told["attempts"] == [attempt]
    windows = {tuple(sorted((k, v[0]) for k, v in parse_qs(urlsplit(r["path"]).query).items() if k.startswith("message_time")))
               for r in stage.plivo.requests}
    assert len(windows) == 3, "one that was too full, and its two halves"
    in_vain = len(stage.plivo.requests) - 66 - 65           # the record between the halves is in both
    assert in_vain == (1 if tells_total else 100), "what is said to be too full is given up at once"


def test_a_429_while_listing_is_waited_out(stage):
    whole, limited = pages(5), []

    def behave(request):
        if request["method"] == "GET" and not limited:
            limited.append(request)
            return 429, {"error": "slow"}, {"Retry-After": "1"}
        return whole(request)

    stage.plivo.behave = behave
    told = ask(stage)
    assert limited and told["is_complete"] and len(told["records"]) == 5
