"""How nbgrader collects submissions: what a student has linked to, and may not read, stays out."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect


class CollectWithoutLinks(ExchangeCollect):  # type: ignore[misc]
    """nbgrader's collecting from the exchange, without following symbolic links.

    Stock nbgrader copies what a link points to, with the instructor's rights.
    """

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a submission.

        Args:
            src: its folder in the exchange.
            dest: where it is to lie.
            log: not used.
        """
        if os.path.islink(src):
            self.log.error("%s is a symbolic link and no submission; it is passed over", src)
            return
        links = [path for path in Path(src).rglob("*") if path.is_symlink()]
        for link in links:
            self.log.warning("%s is a symbolic link, and is left out", link)
        ignored = self.coursedir.ignore
        self.coursedir.ignore = [*ignored, *(glob.escape(link.name) for link in links)]
        try:
            super().do_copy(src, dest, log=log)
        finally:
            self.coursedir.ignore = ignored
