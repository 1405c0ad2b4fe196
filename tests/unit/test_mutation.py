"""Which small changes are made of right answers, and that they are the same in every run."""

from __future__ import annotations

import ast
from pathlib import Path

import afterwards
import copied_course
import mutants
import pytest
import python_edits
import shell_edits
import survivors
import text_edits
import trying
import word_edits
from mutants import Mutant

from autograder.grading import bank

REPO = copied_course.REPO
ASSIGNMENTS = bank.assignments(REPO)


def made(edits, source):
    return {(edit.kind, edit.of(source)) for edit in edits}


@pytest.mark.parametrize(
    ("word", "changes"),
    [
        ("8080:80", {("port", "8081:80"), ("inner-port", "8080:81"), ("direction", "80:8080")}),
        ("80:80", {("port", "81:80"), ("inner-port", "80:81")}),
        ("80/tcp", {("inner-port", "81/tcp")}),
        ("shop:1.2", {("tag", "shop:latest"), ("name", "shopx:1.2")}),
        ("shop:latest", {("tag", "shop:first"), ("name", "shopx:latest")}),
        ("nginx", {("image", "httpd")}),
        ("data:/var/lib/x:ro", {("path", "data:/var/lib/xx:ro"), ("mode", "data:/var/lib/x")}),
        ("/usr/share/page.html", {("path", "/usr/share/pagex.html")}),
        ("MODE=test", {("value", "MODE=testx")}),
        ("10.1.2.0/24", {("address", "10.1.3.0/24")}),
        ("64m", {("number", "65m")}),
        ("0.5", {("number", "1.5")}),
        ("shelf", {("word", "shelfx")}),
        ("sh", set()),
        ("--help", set()),
    ],
)
def test_a_word_is_changed_by_what_it_is(word, changes):
    assert made(word_edits.of_word(word), word) == changes


def test_anothers_value_is_another_one():
    for value in (21000, "amber-otter"):
        assert eval(word_edits.another("value"), {"value": value}) != value  # noqa: S307


RUN = """\
box = client.containers.run("shop:2", name="till", ports={"80/tcp": 8080}, detach=True)
box.stop(timeout=1)
box.start()
print(box.name)
"""


def test_python_is_changed_by_its_syntax():
    changes = {kind: text for kind, text in sorted(made(python_edits.of_code(RUN), RUN))}
    first = RUN.splitlines()[0]
    assert changes["create-only"].startswith("box = client.containers.create(")
    assert changes["drop-kw-name"] == RUN.replace('name="till", ', "")
    assert changes["change-name-word"] == RUN.replace("till", "tillx")
    assert changes["change-tag"] == RUN.replace("shop:2", "shop:latest")
    assert changes["change-ports"] == RUN.replace("8080", "8081")
    assert changes["direction"] == RUN.replace('"80/tcp": 8080', 'str(8080) + "/tcp": 80')
    assert changes["swap"].splitlines()[:3] == [first, "box.start()", "box.stop(timeout=1)"]
    assert not {"drop-kw-detach", "drop-kw-timeout", "flip-detach"} & changes.keys()
    assert "pass" in changes["drop-statement"]
    for text in changes.values():
        ast.parse(text)


def test_what_only_looks_and_tells_is_left_alone():
    source = 'box = client.containers.get("till")\nbox.wait(timeout=5)\nprint("done")\n'
    assert made(python_edits.of_code(source), source) == set()


def test_a_students_own_values_are_changed_where_they_are_made_and_used():
    source = "port = mine.port(21000)\nclient.api.open(port)"
    texts = {text for _, text in made(python_edits.of_code(source, {"port"}), source)}
    assert source.replace("mine.port(21000)", word_edits.another("mine.port(21000)")) in texts
    assert source.replace("(port)", f"({word_edits.another('port')})") in texts
    assert python_edits.constants(source + '\nname = "x"\nother = f()') == {"port", "name"}


def test_lines_for_docker_do_not_disturb_python():
    source = 'names = !docker ps -q\n!docker run \\\n  -d nginx\nclient.api.stop("till")'
    kinds = {kind for kind, _ in made(python_edits.of_code(source), source)}
    assert kinds == {"change-word", "drop-statement"}


def test_the_image_of_a_container_that_is_removed_is_left_alone():
    python = 'client.containers.run("busybox", ["cp", "/a/x", "/b"], remove=True)'
    shell = "!docker run --rm busybox cp /a/x /b"
    kinds = {kind for kind, _ in made(python_edits.of_code(python), python)}
    kinds |= {kind for kind, _ in made(shell_edits.of_lines(shell), shell)}
    assert "change-path" in kinds
    assert "change-image" not in kinds


def test_places_are_right_beside_letters_of_several_bytes():
    source = 'tell("é", name="ü")'
    assert ("drop-kw-name", 'tell("é")') in made(python_edits.of_code(source), source)


LINES = """\
!docker run -d --name shop -p 8080:80 \\
  -e MODE=test httpd
!docker network connect shops shop
!docker ps
"""


def test_command_lines_are_changed_by_their_flags():
    changes = made(shell_edits.of_lines(LINES), LINES)
    assert ("create-only", LINES.replace("run", "create")) in changes
    assert ("drop-flag-name", LINES.replace("--name shop ", "")) in changes
    assert ("drop-flag-e", LINES.replace("-e MODE=test ", "")) in changes
    assert ("direction", LINES.replace("8080:80", "80:8080")) in changes
    assert ("change-e-value", LINES.replace("test", "testx")) in changes
    assert ("change-image", LINES.replace("httpd", "nginx")) in changes
    assert ("change-word", LINES.replace("connect shops", "connect shopsx")) in changes
    assert ("drop-command", LINES.replace("docker network connect shops shop", "true")) in changes
    assert sum(kind == "drop-command" for kind, _ in changes) == 2  # `docker ps` only looks
    assert "drop-flag-d" not in {kind for kind, _ in changes}
    assert all(text.count("\n!") == 2 for kind, text in changes)


def test_what_is_filled_in_is_changed_as_a_whole():
    line = '!docker run -d -p {mine.port(21000)}:80 --name {mine.word("shop")} nginx'
    changes = made(shell_edits.of_lines(line), line)
    assert sum(kind == "change-own" for kind, _ in changes) == 2
    assert not any("21001" in text or "shopx" in text for _, text in changes)


def test_a_shell_within_a_cell_is_read_like_a_terminal():
    source = "%%bash\n# the shop\ndocker volume create books\ndocker run -v books:/data busybox\n"
    changes = made(shell_edits.of_cell(source), source)
    assert ("change-v-path", source.replace("/data", "/datax")) in changes
    assert any(kind == "swap-commands" for kind, _ in changes)
    assert all(text.startswith("%%bash\n# the shop\n") for _, text in changes)


DOCKERFILE = """\
FROM debian:trixie
ENV SHOP=bread
COPY page.html /srv/
RUN touch /srv/open
EXPOSE 80
CMD ["sleep", "60"]
"""


def test_a_dockerfile_is_changed_by_its_instructions():
    changes = made(text_edits.of_text(DOCKERFILE), DOCKERFILE)
    assert ("drop-EXPOSE", DOCKERFILE.replace("EXPOSE 80", "")) in changes
    assert ("change-FROM-tag", DOCKERFILE.replace("trixie", "latest")) in changes
    assert ("change-ENV-value", DOCKERFILE.replace("bread", "breadx")) in changes
    assert ("change-CMD-number", DOCKERFILE.replace("60", "61")) in changes
    assert not any(kind == "drop-FROM" for kind, _ in changes)
    swapped = [text for kind, text in changes if kind == "swap-lines"]
    assert len(swapped) == 2  # ENV and COPY, COPY and RUN: the others' order says nothing
    assert any("RUN touch /srv/open\nCOPY page.html /srv/\n" in text for text in swapped)


COMPOSE = """\
services:
  web:
    image: nginx
    ports:
      - "8080:80"
    depends_on: [db]
  db:
    image: mariadb:latest
"""


def test_a_compose_file_loses_whole_blocks():
    changes = made(text_edits.of_text(COMPOSE), COMPOSE)
    without = COMPOSE.replace('    ports:\n      - "8080:80"\n', "\n")
    assert ("drop-ports", without) in changes
    assert ("change-direction", COMPOSE.replace("8080:80", "80:8080")) in changes
    assert ("change-tag", COMPOSE.replace("latest", "first")) in changes
    assert ("change-word", COMPOSE.replace("[db]", "[dbx]")) in changes


def test_strings_that_are_files_are_changed_as_files():
    source = f'Path("Dockerfile").write_text("""{DOCKERFILE}""")'
    kinds = {kind for kind, _ in made(python_edits.of_code(source), source)}
    assert {"drop-EXPOSE", "change-CMD-number", "swap-lines"} <= kinds


def test_a_result_is_spoilt_by_kind():
    kinds = [kind for kind, _ in afterwards.spoilt('client.containers.run("nginx")')]
    assert kinds == ["afterwards-stop", "afterwards-remove-container"]
    for _, text in afterwards.spoilt("client.networks.create('shops')"):
        ast.parse(text)


@pytest.mark.parametrize("right", [True, 3, 0.5, "x", [1], (1,), {1}, {"a": 1}, None])
def test_a_wrong_answer_is_another_one(right):
    names = {"right": right}
    ((kind, text),) = afterwards.wrong_answers("pass", ["right"])
    exec(text, names)  # noqa: S102
    assert kind == "answer-right"
    assert names["right"] != right


def mutant(id):
    return Mutant(id, "solution", id.split("/")[1], "a", "b")


def test_a_sample_has_every_kind_and_is_the_same_each_time():
    all_ = [mutant(f"a/{cell}/{kind}-{n}") for cell in "xy" for kind in "klm" for n in range(9)]
    chosen = mutants.sample(all_, 6)
    assert chosen == mutants.sample(list(reversed(all_)), 6)[::-1]
    assert {m.kind for m in chosen} == set("klm")
    assert [sum(m.cell == cell for m in chosen) for cell in "xy"] == [3, 3]


def test_in_the_place_of_a_mutant_that_is_equal_a_sample_has_the_next_one():
    all_ = [mutant(f"a/{cell}/{kind}-{n}") for cell in "xy" for kind in "klm" for n in range(9)]
    first = mutants.sample(all_, 6)
    equal = {first[0].id, first[4].id}
    chosen = mutants.sample(all_, 6, equal)
    assert len(chosen) == 6
    assert {m.id for m in chosen} >= {m.id for m in first} - equal
    assert not {m.id for m in chosen} & equal


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_each_assignment_has_mutants_with_ids_of_their_own(assignment):
    all_ = mutants.mutants(REPO, assignment)
    assert len(all_) >= 30
    assert len({m.id for m in all_}) == len(all_)
    assert all(m.before != m.after for m in all_)
    assert all_ == mutants.mutants(REPO, assignment)


def test_a_mutant_has_all_tests_and_all_other_answers():
    one = mutants.mutants(REPO, "containers")[0]
    notebook = {cell["id"]: cell["source"] for cell in one.notebook(Path(REPO))["cells"]}
    whole = {c["id"]: c["source"] for c in mutants.right(REPO, "containers", one.base)["cells"]}
    assert {id for id in whole if whole[id] != notebook[id]} == {one.cell}
    assert "HIDDEN TESTS" in notebook["test-database"]


def test_only_mutants_that_there_are_have_reasons_and_each_is_a_sentence():
    known = {m.id for name in ASSIGNMENTS for m in mutants.mutants(REPO, name)}
    reasons = survivors.read()
    assert set(reasons) <= known
    assert all(why.endswith(".") and len(why.split()) > 4 for why in reasons.values())


def test_tests_before_the_broken_cell_are_not_run():
    one = next(m for m in mutants.mutants(REPO, "containers") if m.cell == "page")
    whole = one.notebook(Path(REPO))
    ids = [cell["id"] for cell in whole["cells"]]
    left = [c["id"] for c in trying.without_earlier_tests(whole, one.cell)["cells"]]
    skipped = set(ids) - set(left)
    assert skipped
    assert all(id.startswith("test-") and ids.index(id) < ids.index("page") for id in skipped)
    assert trying.without_earlier_tests(whole, "")["cells"] == whole["cells"]


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_no_test_needs_what_an_earlier_one_has_made(assignment):
    made, kept = set(), set()
    for cell in mutants.right(REPO, assignment, "solution")["cells"]:
        if cell["cell_type"] != "code":
            continue
        try:
            tree = ast.parse(cell["source"])
        except SyntaxError:  # a student's, with IPython's own lines
            continue
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        stored |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        stored |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
            assert not (read - stored) & (made - kept), cell["id"]
            made |= stored
        else:
            kept |= stored
