"""What an assignment imports: a connection to the engine, and the checks of a student's work."""

from autograder import mine
from autograder.answering import answer
from autograder.checks import EngineFault, Result, Task, grade
from autograder.start import begin
from dockerlab.engine import connect

__all__ = ["EngineFault", "Result", "Task", "answer", "begin", "connect", "grade", "mine"]
