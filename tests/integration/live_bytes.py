"""What an LMDB file holds, without the pages that are free: what is erased may still stand in those until they are used again."""
import ctypes
import ctypes.util

MDB_RDONLY, MDB_CP_COMPACT = 0x20000, 1


def live_bytes(source, folder):
    """The bytes of a compacted copy of the database in the folder `source`, made in the new folder `folder`."""
    folder.mkdir()
    lmdb = ctypes.CDLL(ctypes.util.find_library("lmdb") or "liblmdb.so.0")
    env = ctypes.c_void_p()
    assert lmdb.mdb_env_create(ctypes.byref(env)) == 0
    assert lmdb.mdb_env_set_mapsize(env, ctypes.c_size_t(1 << 38)) == 0 and lmdb.mdb_env_set_maxdbs(env, 128) == 0
    assert lmdb.mdb_env_open(env, str(source).encode(), MDB_RDONLY, 0o600) == 0
    assert lmdb.mdb_env_copy2(env, str(folder).encode(), MDB_CP_COMPACT) == 0
    lmdb.mdb_env_close(env)
    return (folder / "data.mdb").read_bytes()
