"""Is JSON, but of lists in lists, a hundred thousand deep."""


def make(folder, notebook):
    (folder / "containers.ipynb").write_text("[" * 100_000 + "]" * 100_000)
