"""A TCP relay that can stall as a cut network does: nothing passes, nobody is told. In its own thread."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading


class Relay:
    """Passes connections on to a port of this machine."""

    def __init__(self, target: int) -> None:
        """Listens at ``port`` at once."""
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._loop = asyncio.new_event_loop()
        self._passes = asyncio.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def stall(self) -> None:
        """From now on nothing passes, and connections stay open."""
        self._loop.call_soon_threadsafe(self._passes.clear)

    def mend(self) -> None:
        """All passes again, what waited first."""
        self._loop.call_soon_threadsafe(self._passes.set)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._passes.set()
        self._loop.run_until_complete(asyncio.start_server(self._relay, sock=self._listener))
        self._loop.run_forever()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._passes.wait()
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                await self._passes.wait()
                writer.write(data)
                await writer.drain()
        writer.close()
