import inspect

import pytest

import autograder
from autograder import checks


@pytest.mark.parametrize("package", [autograder, checks], ids=lambda package: package.__name__)
def test_all_lists_every_public_member(package):
    public = {
        name
        for name, member in vars(package).items()
        if not name.startswith("_") and (inspect.isclass(member) or inspect.isfunction(member))
    }
    modules = {name for name in package.__all__ if inspect.ismodule(vars(package)[name])}
    assert set(package.__all__) - modules == public
    assert package.__all__ == sorted(package.__all__)


@pytest.mark.parametrize("name", checks.__all__)
def test_public_members_say_what_they_are(name):
    assert inspect.getdoc(getattr(checks, name))
