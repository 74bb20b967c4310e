"""The side file beside the store: each opt-out once more, before its 200; and what happens when it cannot be written."""
import fcntl
import hashlib
import json
import os

import pytest

from harness import Parley
from worker_world import UNHURRIED, contact_of, person, says

F_ADD_SEALS, F_SEAL_WRITE = 1033, 8                         # linux/fcntl.h


def lines_of(path, kind):
    """The whole lines of that kind: the JSON, a blank, and the first digits of its SHA-256."""
    found = []
    for line in path.read_text().splitlines():
        text, _, digits = line.rpartition(" ")
        if hashlib.sha256(text.encode()).hexdigest()[:8] == digits:
            found.append(json.loads(text))
    return [line for line in found if line["kind"] == kind]


def opt_outs(parley):
    return lines_of(parley.folder / "store.optouts", "opt_out")


def erasures(parley):
    return lines_of(parley.folder / "store.optouts", "erasure")


def erase(parley, who):
    parley.api.post(f"/contacts/{contact_of(parley.api, who)['id']}/erase")


def test_an_opt_out_stands_there_with_its_200_and_no_number_of_a_person(start_parley):
    parley = start_parley(**UNHURRIED)
    who = person()
    says(parley, who, "hello")
    assert opt_outs(parley) == []
    says(parley, who, "STOP")
    [line] = opt_outs(parley)
    assert (line["tenant"], line["entry"], line["source"], line["generation"]) == (1, 1, "keyword", 1)
    assert len(line["person"]) == 64 and who[1:] not in (parley.folder / "store.optouts").read_text()
    says(parley, who, "START")
    assert len(opt_outs(parley)) == 1


def test_what_a_lost_side_file_had_is_written_anew_at_the_next_start(start_parley):
    parley = start_parley(**UNHURRIED)
    people = [person() for _ in range(3)]
    for who in people:
        says(parley, who, "STOP")
    says(parley, people[0], "START")
    first = opt_outs(parley)
    parley.stop("worker")
    (parley.folder / "store.optouts").unlink()
    parley.start("worker")
    again = opt_outs(parley)
    assert {line["person"] for line in again} == {line["person"] for line in first[1:]}    # who is in again needs no line
    parley.restart("worker")
    assert opt_outs(parley) == again                        # and none is written twice


def test_a_side_file_that_cannot_be_written_is_an_alarm_and_no_obstacle():
    file = os.memfd_create("side", os.MFD_ALLOW_SEALING)    # a file that nobody can write, not even root
    fcntl.fcntl(file, F_ADD_SEALS, F_SEAL_WRITE)
    parley = Parley(env={**UNHURRIED, "SIDE_FILE": "side"})
    (parley.folder / "side").symlink_to(f"/proc/{os.getpid()}/fd/{file}")
    with parley:
        says(parley, person(), "STOP")
        assert parley.api.all("/contacts")[0]["consent"] == "out"
        assert parley.processes["worker"].metrics()["parley_worker_side_file_behind"] == 1
        assert "side_file.behind" in parley.processes["worker"].log()
    os.close(file)


def test_what_could_not_be_written_before_a_death_is_written_at_the_next_start():
    file = os.memfd_create("side", os.MFD_ALLOW_SEALING)
    parley = Parley(env={**UNHURRIED, "SIDE_FILE": "side"})
    side = parley.folder / "side"
    side.symlink_to(f"/proc/{os.getpid()}/fd/{file}")
    with parley:
        people = [person() for _ in range(4)]
        for who in people[:2]:
            says(parley, who, "STOP")
        erase(parley, people[1])
        fcntl.fcntl(file, F_ADD_SEALS, F_SEAL_WRITE)        # from here on it is as full as a disk can be
        for who in people[2:]:
            says(parley, who, "STOP")
        erase(parley, people[3])
        assert parley["worker"].metrics()["parley_worker_side_file_behind"] == 1
        parley.kill("worker")
        before = os.pread(file, 1 << 20, 0).decode()
        side.unlink()
        side.write_text(before)
        assert (len(lines_of(side, "opt_out")), len(lines_of(side, "erasure"))) == (2, 1)
        parley.start("worker")
        out, erased = lines_of(side, "opt_out"), lines_of(side, "erasure")
        assert len(out) == len({line["person"] for line in out}) == 4
        assert [line["person"] for line in erased] == [out[1]["person"], next(line["person"] for line in out if line["entry"] == 4)]
        assert all(line["contact"] and line["at"] for line in erased)
        assert parley["worker"].metrics()["parley_worker_side_file_behind"] == 0
        parley.restart("worker")
        assert (len(lines_of(side, "opt_out")), len(lines_of(side, "erasure"))) == (4, 2)
    os.close(file)


def test_a_line_that_was_damaged_in_the_middle_is_written_again(start_parley):
    parley = start_parley(**UNHURRIED)
    people = [person() for _ in range(3)]
    for who in people:
        says(parley, who, "STOP")
    erase(parley, people[0])
    path = parley.folder / "store.optouts"
    parley.stop("worker")
    whole = path.read_text().splitlines()
    assert len(whole) == 4
    path.write_text("\n".join([whole[0].replace("opt_out", "opt-out"), *whole[1:3], whole[3].replace("erasure", "erasing")]) + "\n")
    assert len(opt_outs(parley)) == 2 and not erasures(parley)
    parley.start("worker")
    assert {line["person"] for line in opt_outs(parley)} == {json.loads(line[:-9])["person"] for line in whole}
    assert [line["person"] for line in erasures(parley)] == [json.loads(whole[3][:-9])["person"]]


def test_after_a_torn_line_what_it_said_is_written_again(start_parley):
    parley = start_parley(**UNHURRIED)
    says(parley, person(), "STOP")
    path = parley.folder / "store.optouts"
    parley.stop("worker")
    whole = path.read_text()
    path.write_text(whole[:-20])                            # as a power cut leaves it
    assert opt_outs(parley) == []
    parley.start("worker")
    assert len(opt_outs(parley)) == 1
    assert path.read_text().startswith(whole[:-20] + "\n")


@pytest.mark.parametrize("path", ["/nonexistent/folder/optouts", "/", "/dev/null"])
def test_a_side_file_that_cannot_be_one_stops_the_start_with_one_line(path):
    parley = Parley("worker", env={"SIDE_FILE": path})
    process = parley.processes["worker"]
    process.spawn()
    process.is_wanted = False
    try:
        assert process.child.wait(20) == 1
        assert "SIDE_FILE" in process.log()
    finally:
        process.kill()                                      # its exit code has been looked at
        parley.close()
