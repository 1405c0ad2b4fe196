"""What a student has written is shown to readers, and does not run in their browsers."""

from html.parser import HTMLParser

import pytest

from autograder.checks.results import Report, Result
from autograder.grading.markup import clean_html, safe_markdown


class Tags(HTMLParser):
    """Finds what a browser would take for tags."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, attrs))


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>hostile()</script>",
        "<img src=x onerror=hostile()>",
        "<a href='javascript:hostile()'>a</a>",
        "<a href=' JaVaScript:hostile()'>a</a>",
        "<a href='data:text/html,<script>hostile()</script>'>a</a>",
        "<svg onload=hostile()></svg>",
        "<iframe srcdoc='<script>hostile()</script>'></iframe>",
        "<div style='background:url(javascript:hostile())' onclick=hostile()>a</div>",
        "<img src='https://example.org/seen.png'>",
        "<form action=/x><button>a</button></form><base href=//x><meta http-equiv=refresh>",
    ],
)
@pytest.mark.parametrize("shown", [clean_html, safe_markdown])
def test_nothing_runs_and_nothing_is_fetched(shown, hostile):
    tags = Tags()
    tags.feed(shown(hostile))
    for tag, attributes in tags.found:
        assert tag in ("a", "p", "img", "div", "br")
        assert dict(attributes).keys() <= {"alt", "title"}


def test_text_is_as_it_was_written():
    made = safe_markdown("## A title\n\nSome *words*, `code`.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert "&lt;" not in made
    for tag in ("<h2", "<p>", "<em>", "<code>", "<table>", "<th>", "<tbody>", "<td>"):
        assert tag in made


def test_our_own_results_stay_a_table():
    results = [Result("a", True), Result("b", False, "an <x>", "a y", "look")]
    made = clean_html(Report("Task", results, 1, 2)._repr_html_())
    assert "<b>Task: 1 of 2 points</b>" in made
    assert made.count("<tr>") == 2
    assert "&lt;" not in made.replace("&lt;x&gt;", "")


def test_small_pictures_stay():
    assert 'src="data:image/png;base64,AA"' in clean_html('<img src="data:image/png;base64,AA">')
