"""A damaged file is refused at the start, by one line that names it and says what to do; never served as if nothing were."""
import os
import random
import shutil
import subprocess

import pytest

from harness import Parley, eventually
from harness.processes import bin_folder
from worker_world import Bus, event

PAGE = 4096
LEAF, BRANCH = 2, 1


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Two states of one store, both whole: (the newer file, the older one)."""
    folder = tmp_path_factory.mktemp("filled")
    with Parley("worker", env={"LOG_LEVEL": "warn"}) as parley:
        bus = Bus(parley)
        files = []
        for name in ("older", "newer"):
            for _ in range(4):
                bus.inbound(*[event(parley, f"+155501{random.randrange(10 ** 5):05d}", "hello " * 20) for _ in range(100)])
            parley.stop("worker")
            files.insert(0, shutil.copy(parley.folder / "store" / "data.mdb", folder / name))
            parley.start("worker")
        bus.close()
    return files


def pages_of(content, flag):
    """Pages of a kind that the newer meta's trees use, as LMDB's headers say."""
    return [n for n in range(2, len(content) // PAGE)
            if int.from_bytes(content[n * PAGE:n * PAGE + 8], "little") == n and content[n * PAGE + 10] == flag]


def cut_short(content, older, chance):
    return content[:chance.randrange(3 * PAGE, len(content) * 3 // 4)]


def emptied(content, older, chance):
    return b""


def foreign(content, older, chance):
    return b"this is no store, but somebody's letter\n" * 500


def torn_first_page(content, older, chance):
    return content[:16] + bytes(512) + content[528:]


def torn_second_page(content, older, chance):
    return content[:PAGE] + chance.randbytes(PAGE) + content[2 * PAGE:]


def every_page_zeroed(content, older, chance):
    return content[:2 * PAGE] + bytes(len(content) - 2 * PAGE)


def branches_torn(content, older, chance):
    for n in pages_of(content, BRANCH):
        content = content[:n * PAGE + 512] + bytes(PAGE - 512) + content[(n + 1) * PAGE:]
    return content


def leaves_misplaced(content, older, chance):
    leaves = pages_of(content, LEAF)
    first = content[leaves[0] * PAGE:(leaves[0] + 1) * PAGE]
    for n in leaves[1:]:
        content = content[:n * PAGE] + first + content[(n + 1) * PAGE:]
    return content


def copied_while_it_was_written(content, older, chance):
    """Metas and the root of all tables of one time, the other pages of an earlier one."""
    newest = max((0, PAGE), key=lambda at: int.from_bytes(content[at + 144:at + 152], "little"))
    root = int.from_bytes(content[newest + 128:newest + 136], "little") * PAGE
    mixed = content[:2 * PAGE] + older[2 * PAGE:] + content[len(older):]
    return mixed[:root] + content[root:root + PAGE] + mixed[root + PAGE:]


DAMAGES = (cut_short, emptied, foreign, torn_first_page, torn_second_page, every_page_zeroed, branches_torn, leaves_misplaced,
           copied_while_it_was_written)


def start_fails(parley, name):
    """Its exit code and what it said last."""
    process = parley[name]
    process.spawn()
    process.is_wanted, process.was_killed = False, True     # its end is no surprise, nor its exit code
    try:
        eventually(lambda: not process.is_running, 20, f"parley-{name} ends")
    except AssertionError as e:
        raise AssertionError(f"{e}\n{process.log_tail()}") from None
    return process.child.returncode, process.log_tail()


def is_whole(parley, store):
    checked = subprocess.run([bin_folder() / "parley", "store", "check", f"lmdb:{store}"], capture_output=True)
    return checked.returncode == 0


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
def test_a_damaged_store_is_refused_at_the_start(filled, damage, seed):
    newer, older = (open(path, "rb").read() for path in filled)
    parley = Parley("worker")
    parley.is_whole = False
    try:
        store = parley.folder / "store"
        store.mkdir()
        (store / "made").write_text("as the worker leaves it\n")
        (store / "data.mdb").write_bytes(damage(newer, older, random.Random(seed)))
        if damage is copied_while_it_was_written and is_whole(parley, store):
            return                      # by chance a whole store of the earlier time: no page can tell (docs/power-cut.md)
        code, said = start_fails(parley, "worker")
        assert code != 0 and f"{store}/data.mdb" in said and "damaged" in said and "estore a backup" in said, said
    finally:
        parley.close()


def test_the_same_store_undamaged_opens(filled):
    parley = Parley("worker", "api")
    try:
        (parley.folder / "store").mkdir()
        shutil.copy(filled[0], parley.folder / "store" / "data.mdb")
        parley.start()
        assert len(parley.api.all("/messages", direction="inbound")) == 800
    finally:
        parley.close()


def test_a_whole_store_of_an_earlier_time_is_refused_and_the_newer_one_opens_again():
    parley = Parley("worker", "api", env={"LOG_LEVEL": "warn"})
    parley.is_whole = False
    try:
        store = parley.folder / "store"
        data, earlier, newest = (store / "data.mdb", parley.folder / "earlier", parley.folder / "newest")
        parley.start()
        parley.api.send("+15550100001", "before")
        parley.stop("worker")
        shutil.copy(data, earlier)
        parley.start("worker")
        message = parley.api.send("+15550100002", "after")
        parley.kill("worker")                               # what is noted survives this
        shutil.copytree(store, newest)

        shutil.copy(earlier, data)
        for journal in store.glob("journal.*"):
            journal.unlink()
        code, said = start_fails(parley, "worker")
        assert code != 0 and "is of an earlier time" in said and str(data) in said and "parley restore" in said, said
        assert data.read_bytes() == earlier.read_bytes(), "what is refused was not written to"

        shutil.copytree(newest, store, dirs_exist_ok=True)
        parley.start("worker")
        assert eventually(lambda: parley.api.message(message["id"])["text"] == "after")
        parley.kill("worker")

        shutil.copy(earlier, data)                          # its journal has all that it lacks
        shutil.copytree(newest, store, dirs_exist_ok=True, ignore=shutil.ignore_patterns("data.mdb"))
        parley.start("worker")
        assert eventually(lambda: parley.api.message(message["id"])["text"] == "after")
        parley.is_whole = True
    finally:
        parley.close()


def test_a_store_that_is_gone_is_not_begun_anew_by_accident(filled):
    parley = Parley("worker")
    try:
        parley.start()
        parley.stop()
        (parley.folder / "store" / "data.mdb").unlink()
        code, said = start_fails(parley, "worker")
        assert code != 0 and "is gone" in said and "data.mdb" in said, said
    finally:
        parley.close()


@pytest.mark.skipif("TSAN_OPTIONS" in os.environ, reason="a sanitizer reports the very fault that is planted here")
def test_a_file_that_is_cut_short_while_it_is_open_ends_the_worker_and_is_refused(filled):
    parley = Parley("worker", "api")
    parley.is_whole = False
    try:
        (parley.folder / "store").mkdir()
        path = shutil.copy(filled[0], parley.folder / "store" / "data.mdb")
        parley.start()
        worker = parley["worker"]
        worker.is_wanted, worker.was_killed = False, True
        os.truncate(path, 4 * PAGE)
        parley.api.request("GET", "/messages?limit=200")
        eventually(lambda: not worker.is_running, 10, "nothing is served of what is not there")
        assert "worker.page_lost" in worker.log_tail(), worker.log_tail()
        code, said = start_fails(parley, "worker")
        assert code != 0 and "cut short" in said, said
    finally:
        parley.close()


def test_a_damaged_spool_is_refused_at_the_start():
    parley = Parley("ingress")
    try:
        parley.start()
        parley.stop()
        path = parley.folder / "spool" / "data.mdb"
        path.write_bytes(path.read_bytes()[:PAGE * 3])
        code, said = start_fails(parley, "ingress")
        assert code != 0 and str(path) in said and "cut short" in said, said
        listed = subprocess.run([bin_folder() / "parley", "spool", "list", path.parent], capture_output=True, text=True, timeout=20)
        assert listed.returncode != 0, listed.stdout
    finally:
        parley.close()
