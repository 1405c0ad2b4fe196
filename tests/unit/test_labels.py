from dockerlab.labels import label, labels


def test_both_spellings_name_one_label() -> None:
    key, value = label("containers").split("=")
    assert labels("containers") == {key: value} == {"dockerlab.lesson": "containers"}
