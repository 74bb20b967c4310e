"""What a power cut leaves of the files that disk.c watched.

Promise: after cut() a file is what it was at its last sync, and of what was written since any part may be there: none, all, the first
or some of the writes, whole or torn at sectors of 512 bytes. A file whose folder was not synced since it was made or renamed may
not be there. Chance comes from the seed alone. With `lies` the disk forgets its syncs, too: a test that then finds nothing missing
would find nothing ever.
"""
import ctypes
import errno
import mmap
import os
import random
import shutil
import struct
from pathlib import Path

SECTOR = 512
RECORD = struct.Struct("<IIIIqq")
MAGIC = 0x4B534944
CREATE, WRITE, TRUNCATE, DURABLE, SYNC, RENAME, UNLINK, SYNC_FOLDER = range(1, 9)
# Mapped by their owner and never part of what is stored: a cut keeps them or takes them away.
VOLATILE = ("lock.mdb", "-lock", ".lock", ".page")
SHIM = os.environ.get("PARLEY_DISK_SHIM")


class Control(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int32) for name in ("write_errno", "meta_errno", "sync_errno", "open_errno", "refused")]


def shim_path(name="disk"):
    """Beside the binaries under test: build/tests of their build folder."""
    from harness.processes import bin_folder
    path = Path(SHIM) if SHIM and name == "disk" else bin_folder().parent / "tests" / f"lib{name}.so"
    assert path.exists(), f"{path} does not exist: build the tests"
    return path


class Disk:
    """The files of one process below `folder`; `folder` itself is there before."""

    def __init__(self, folder, seed=0):
        self.root = Path(folder) / "disk"
        self.shadow = Path(folder) / "shadow"
        self.journal = Path(folder) / "journal"
        for each in (self.root, self.shadow):
            each.mkdir(parents=True)
        self._control_path = Path(folder) / "control"
        self._control_path.write_bytes(bytes(mmap.PAGESIZE))
        with open(self._control_path, "r+b") as f:
            self._page = mmap.mmap(f.fileno(), mmap.PAGESIZE)
        self.control = Control.from_buffer(self._page)
        self.chance = random.Random(seed)
        self.names = {}             # as the process sees them: name -> number of the file
        self.durable_names = {}
        self.pending_names = []     # what happened to names and is not yet durable: (name, number or None)
        self.pending = {}           # number -> [(ordinal, kind, offset, bytes)]
        self.files = 0
        self.base = 0               # ordinals of earlier journals
        self.cuts = 0

    def env(self):
        return {"LD_PRELOAD": str(shim_path()), "PARLEY_DISK_SYNC_US": "2000", "PARLEY_DISK_ROOT": str(self.root), "PARLEY_DISK_JOURNAL": str(self.journal),
                "PARLEY_DISK_CONTROL": str(self._control_path)}

    def watch(self, process):
        """From its next start on. `process`: of harness.Parley."""
        process.env.update(self.env())
        return self

    # --- faults ----------------------------------------------------------------------------------------------------

    def fail(self, code=errno.ENOSPC, *what):
        """From now on writes, syncs, "meta" (writes that are durable by themselves) or "open" fail; no `what`: all."""
        for name in what or ("write", "meta", "sync", "open"):
            setattr(self.control, name + "_errno", code)

    def heal(self):
        self.fail(0)

    @property
    def refused(self):
        return self.control.refused

    # --- the journal -----------------------------------------------------------------------------------------------

    def absorb(self, lies=False):
        """Reads what the process did since the last time. It must not run."""
        if not self.journal.exists():
            return
        with open(self.journal, "rb") as f:
            size = os.fstat(f.fileno()).st_size
            if size:
                with mmap.mmap(f.fileno(), size, prot=mmap.PROT_READ) as data:
                    self._read(data, size, lies)
        self.journal.unlink()

    def _read(self, data, size, lies):
        at = ordinal = 0
        while at + RECORD.size <= size:
            magic, kind, path_n, ordinal, offset, n = RECORD.unpack_from(data, at)
            assert magic == MAGIC, f"the journal is out of step at {at}"
            body = at + RECORD.size + path_n
            if body + n > size:
                break               # the process died in the middle of this record: the change was never made
            name = data[at + RECORD.size:body].decode()
            if not name.endswith(VOLATILE) and not (lies and kind in (DURABLE, SYNC, SYNC_FOLDER)):
                self._step(kind, name, self.base + ordinal, offset, data[body:body + n])
            at = body + n
        self.base += ordinal + 1

    def _step(self, kind, name, ordinal, offset, content):
        if kind == CREATE:
            self.files += 1
            self._rename(name, self.files)
            self.pending[self.files] = []
            (self.shadow / str(self.files)).touch()
        elif kind == RENAME:
            number = self.names[name]
            self._rename(name, None)
            self._rename(content.decode(), number)
        elif kind == UNLINK:
            self._rename(name, None)
        elif kind == SYNC_FOLDER:
            for there, number in self.pending_names:
                if os.path.dirname(there) == name:
                    _set_name(self.durable_names, there, number)
            self.pending_names = [p for p in self.pending_names if os.path.dirname(p[0]) != name]
        elif self.names.get(name) is not None:
            self._change(self.names[name], kind, ordinal, offset, content)

    def _change(self, number, kind, ordinal, offset, content):
        pending = self.pending[number]
        if kind in (WRITE, TRUNCATE):
            pending.append((ordinal, kind, offset, content))
            return
        through = offset + self.base
        done = [p for p in pending if (p[0] == through if kind == DURABLE else p[0] < through)]
        self._apply(number, done)
        self.pending[number] = [p for p in pending if p not in done] if kind == DURABLE else [p for p in pending if p[0] >= through]

    def _rename(self, name, number):
        _set_name(self.names, name, number)
        self.pending_names.append((name, number))

    def _apply(self, number, changes):
        if not changes:
            return
        fd = os.open(self.shadow / str(number), os.O_RDWR)
        for _, kind, offset, content in changes:
            if kind == WRITE:
                os.pwrite(fd, content, offset)
            else:
                os.ftruncate(fd, offset)
        os.close(fd)

    # --- the cut ---------------------------------------------------------------------------------------------------

    def cut(self, lies=False):
        """The process is dead: makes of its files what a disk without power would hold. Returns how many writes were at stake."""
        self.absorb(lies)
        self.cuts += 1
        was = dict(self.names)
        at_stake = sum(len(p) for p in self.pending.values())
        for name, number in self.pending_names[:self.chance.randint(0, len(self.pending_names))]:
            _set_name(self.durable_names, name, number)
        for number, pending in self.pending.items():
            self._apply(number, self._survivors(pending))
        self.names, self.pending_names = dict(self.durable_names), []
        for name in set(was) | set(self.names):
            self._restore(name, was.get(name), self.names.get(name))
        self.pending = {number: [] for number in self.names.values()}
        for path in self.root.rglob("*"):
            if path.name.endswith(VOLATILE) and self.chance.random() < 0.5:
                path.unlink()
        return at_stake

    def _survivors(self, pending):
        how = self.chance.choice(("none", "all", "first", "some", "some"))
        first = self.chance.randint(0, len(pending))
        chosen = [p for i, p in enumerate(pending)
                  if how == "all" or (how == "first" and i < first) or (how == "some" and self.chance.random() < 0.5)]
        return [self._torn(p) if p[1] == WRITE and self.chance.random() < 0.3 else p for p in chosen]

    def _torn(self, change):
        """Its first or its last sectors only."""
        ordinal, kind, offset, content = change
        edges = [e - offset for e in range((offset // SECTOR + 1) * SECTOR, offset + len(content), SECTOR)]
        if not edges:
            return change           # within one sector: it is written whole or not at all
        edge = self.chance.choice(edges)
        if self.chance.random() < 0.5:
            return ordinal, kind, offset, content[:edge]
        return ordinal, kind, offset + edge, content[edge:]

    def _restore(self, name, was, number):
        path = self.root / name
        if number is None:
            path.unlink(missing_ok=True)
        elif number != was or not path.exists():
            shutil.copyfile(self.shadow / str(number), path)
        else:
            self._undo(path, number)

    def _undo(self, path, number):
        """Only what was at stake can differ."""
        source, target = os.open(self.shadow / str(number), os.O_RDONLY), os.open(path, os.O_RDWR)
        size = os.fstat(source).st_size
        for _, kind, offset, content in self.pending[number]:
            if kind == WRITE and offset < size:
                os.pwrite(target, os.pread(source, min(len(content), size - offset), offset), offset)
            elif kind == TRUNCATE:
                shutil.copyfile(self.shadow / str(number), path)
        os.ftruncate(target, size)
        os.close(source)
        os.close(target)


def _set_name(names, name, number):
    if number is None:
        names.pop(name, None)
    else:
        names[name] = number
