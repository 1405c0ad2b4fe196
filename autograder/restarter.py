"""A watch over kernels that does not get in the way of *Restart Kernel*."""

from __future__ import annotations

from jupyter_client.ioloop.restarter import AsyncIOLoopKernelRestarter


class PatientRestarter(AsyncIOLoopKernelRestarter):
    """Restarts dead kernels, but not one that is being restarted already.

    jupyter_client 8.10 looks every three seconds. Where it looks between the end of the old process
    and the start of the new one, it restarts a second time, on other ports, and the cells that
    *Restart Kernel and Run All Cells* has sent wait forever. Its synchronous twin knows better.
    """

    async def poll(self) -> None:  # type: ignore[override]
        """Look once, unless the kernel is stopped on purpose."""
        if not self.kernel_manager.shutting_down:
            await super().poll()
