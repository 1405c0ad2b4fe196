"""The notebook's kernel, without what IPython loads for a person at a terminal.

That is a third of the time that a kernel takes to start: a terminal's editor, and jedi, which only
completes what somebody types.
"""

import gc
import sys
import types

sys.path.pop(0)  # this file's folder; the notebook's own comes in with the kernel
terminal = types.ModuleType("IPython.terminal.embed")
terminal.embed = None
sys.modules |= {"IPython.terminal.embed": terminal, "jedi": None}

gc.disable()  # nothing is thrown away while modules are loaded
from ipykernel.kernelapp import launch_new_instance  # noqa: E402

gc.enable()
launch_new_instance()
