import inspect

import pytest

import autograder
from autograder import checks


def test_all_lists_every_public_member():
    public = {
        name
        for name, member in vars(checks).items()
        if not name.startswith("_") and (inspect.isclass(member) or inspect.isfunction(member))
    }
    assert set(checks.__all__) == public
    assert checks.__all__ == sorted(checks.__all__)


def test_what_an_assignment_imports_is_there_and_all_of_it_is_listed():
    everything = {}
    exec("from autograder import *", everything)  # noqa: S102 - nothing but an import
    assert everything.keys() - {"__builtins__"} == set(autograder.__all__)
    assert {"mine", *autograder._MODULES} == set(autograder.__all__)
    assert autograder.__all__ == sorted(autograder.__all__)
    with pytest.raises(ImportError):
        from autograder import nothing  # noqa: F401


@pytest.mark.parametrize("name", checks.__all__)
def test_public_members_say_what_they_are(name):
    assert inspect.getdoc(getattr(checks, name))
