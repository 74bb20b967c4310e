"""The cables between the services, which can be cut: each is a Unix socket of ours before the real one of the bus.

Promise: a service that is given a cable's address in place of its peer's notices nothing while the cable is whole. cut: connections
are closed, new ones too. stall: connections stand and no byte moves; what waits moves on when it is mended. drop: connections are
closed once, each after half of the next piece of bytes, so that a frame is torn in the middle.
Threads: one, which runs the event loop; every method may be called from any.
"""
import asyncio
import contextlib
import threading

PIECE_BYTES = 65536


class Cable:
    """One of them. Everything below the name belongs to the loop's thread."""

    def __init__(self, name, address, target):
        self.name, self.address, self.target = name, address, target
        self.is_cut = False
        self.flows = asyncio.Event()
        self.flows.set()
        self.tearing = set()                                # writers that close in the middle of their next piece
        self.writers = set()
        self.server = None

    async def open(self):
        self.server = await asyncio.start_unix_server(self._connected, self.address)

    async def _dial(self):
        if not self.is_cut:
            with contextlib.suppress(OSError):              # nobody there: as without a cable, the caller tries again
                return await asyncio.open_unix_connection(self.target)
        return None

    async def _connected(self, reader, writer):
        there = await self._dial()
        if there is None or self.is_cut:
            writer.transport.abort()
            return
        self.writers |= {writer, there[1]}
        await asyncio.gather(self._pump(reader, there[1]), self._pump(there[0], writer))

    async def _pump(self, reader, writer):
        with contextlib.suppress(OSError):
            while piece := await reader.read(PIECE_BYTES):
                await self.flows.wait()
                if writer in self.tearing:
                    writer.write(piece[:len(piece) // 2])
                    await asyncio.wait_for(writer.drain(), 1)
                    break
                writer.write(piece)
                await writer.drain()
        self._end(writer)                                   # one way closed is both: no half-open connections on the bus

    def _end(self, writer):
        self.tearing.discard(writer)
        self.writers.discard(writer)
        writer.close()

    def cut(self):
        self.is_cut = True
        for writer in list(self.writers):
            writer.transport.abort()

    def stall(self):
        self.flows.clear()

    def drop(self):
        self.tearing |= self.writers

    def mend(self):
        self.is_cut = False
        self.flows.set()


class Cables:
    """targets: {name: path of the real socket}. The cables' own sockets lie in `folder`."""

    def __init__(self, folder, targets):
        self.addresses = {name: str(folder / f"{name}.cable") for name in targets}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._cables = self._run(self._open(targets))

    async def _open(self, targets):
        cables = {name: Cable(name, self.addresses[name], target) for name, target in targets.items()}
        for cable in cables.values():
            await cable.open()
        return cables

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _call(self, verb, name):
        getattr(self._cables[name], verb)()

    def do(self, verb, name):
        """verb: cut, stall, drop or mend."""
        self._run(self._call(verb, name))

    def mend_all(self):
        for name in self.addresses:
            self.do("mend", name)

    async def _end(self):
        for cable in self._cables.values():
            cable.server.close()
            cable.mend()
            for writer in list(cable.writers):
                writer.transport.abort()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    def close(self):
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
