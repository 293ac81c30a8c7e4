"""Every problem is reported as file:line: what, and what is accepted; all at once."""

from pathlib import Path

import pytest

from tests.factories.courses import course_folder, read

COURSE = "course.yaml"
FIRST = "pages/first-page.md"
FIGURE = "figures/example.yaml"
SVG = "figures/example.svg"
IN_PAGES = "questions/in-pages.yaml"
TEST = "questions/test.yaml"


def findings(folder: Path) -> list[str]:
    return [str(each).removeprefix(f"{folder.as_posix()}/") for each in read(folder).findings]


def errors(folder: Path) -> list[str]:
    return [each for each in findings(folder) if ": warning: " not in each]


def test_the_skeleton_is_a_course_with_one_warning(tmp_path: Path) -> None:
    folder = course_folder(tmp_path)
    assert findings(folder) == [
        "course.yaml:16: warning: 0.25 contact hours: some states award nothing below 1"
    ]
    pack = read(folder).pack
    assert pack is not None
    assert pack.code == "TST-101"
    assert [(question.key, question.page_slug) for question in pack.questions] == [
        ("in-page-example", "first-page"),
        ("choose-one", None),
        ("count-them", None),
    ]


@pytest.mark.parametrize("code", ["HEM-101", "SAF-101"])
def test_the_sample_courses_have_no_errors(code: str) -> None:
    root = Path(__file__).parents[3] / "courses" / code
    assert errors(root) == []


@pytest.mark.parametrize(
    ("file", "before", "after", "expected"),
    [
        # fields of course.yaml
        (COURSE, "format: 1", "format: 2",
         "course.yaml:3: format is the number 2; accepted: 1, the version of this format"),
        (COURSE, "code: TST-101", "code: tst",
         ("course.yaml:4: code is the text 'tst'; accepted: a code of A-Z 0-9 and -, 3 to 20 "
         "characters, such as HEM-101")),
        (COURSE, "level: basic", "level: easy",
         "course.yaml:12: level is the text 'easy'; accepted: basic, intermediate, advanced"),
        (COURSE, "what_changed: First version.", "what_changed: ''",
         "course.yaml:14: what_changed is empty; accepted: text of up to 10,000 characters"),
        (COURSE, "title: A Working Title\n", "",
         "course.yaml:3: title is missing; accepted: one line of text, up to 200 characters"),
        (COURSE, "title:", "titel: x\ntitle:",
         ("course.yaml:6: 'titel' is not known here; accepted: format, code, slug, title, subtitle,"
         " description, language, audience, level, delivery, what_changed, notice, subjects, hours,"
         " objectives, people, references, glossary, pages, test, proposals")),
        (COURSE, 'hours: "0.25"', "hours: 0.25",
         ("course.yaml:17: hours is the number 0.25; accepted: contact hours in quotation marks, "
         'such as "1.25"')),
        (COURSE, "on: 2026-11-23", "on: 2026-02-30",
         "course.yaml:20: on is the text '2026-02-30'; accepted: a date such as 2026-11-23"),
        (COURSE, 'pass_mark: "80"', 'pass_mark: "101"',
         "course.yaml:39: 101; accepted: percent, above 0 and up to 100"),
        (COURSE, "slug: tst-101", "slug: tst-101\nslug: other",
         "course.yaml:6: slug stands twice; accepted: once"),
        # the whole course
        (COURSE, "hematology, hours", "haematologie, hours", "course.yaml:17: subject area "),
        (COURSE, "  reason: A skeleton; to be determined when the text is written.\n", "",
         ("course.yaml:16: 0.25 contact hours are awarded, but 0 are computed from 3.55 minutes; "
         "accepted: at most 0, or a reason in hours.reason")),
        (COURSE, '"0.25"', '"0.3"',
         "course.yaml:16: the hours add up to 0.3; accepted: a multiple of 0.25"),
        (COURSE, "questions: 2", "questions: 3",
         "course.yaml:39: 3 questions are drawn from a bank of 2; accepted: at most 2"),
        (COURSE, "role: author", "role: editor",
         "course.yaml:26: no author; accepted: at least one person of role author"),
        (COURSE, "objectives:  ", "objectives:\n  - {id: other, text: Draw a tube}\n#",
         ("course.yaml:25: objective 'other' is assessed by no question; accepted: at least one "
         "question that names it")),
        (COURSE, "references:  ", "references:\n  - {id: your-source, text: Twice}\n#",
         "course.yaml:35: 'your-source' stands twice; accepted: once"),
        (COURSE, "  - second-page\n", "  - second-page\n  - third-page\n",
         ("course.yaml:39: page 'third-page' does not exist; accepted: the name of a file in "
         "pages/")),
        (COURSE, "  approvals: []",
         ("  approvals:\n    - {accreditor: pace, number: 1-1, hours: '1', "
         "valid_from: 2026-01-01, valid_through: 2027-01-01}"),
         ("course.yaml:45: an approval needs a named reviewer; accepted: people with role "
         "reviewer")),
        # pages
        (FIRST, "title: The first page", "titel: x",
         "pages/first-page.md:2: 'titel' is not known here; accepted: title, preview, study"),
        (FIRST, "(term:stopper)", "(term:cap)",
         "pages/first-page.md:9: glossary term 'cap' does not exist; accepted: stopper"),
        (FIRST, "(ref:your-source)", "(ref:other)",
         "pages/first-page.md:9: reference 'other' does not exist; accepted: your-source"),
        (FIRST, "(page:second-page)", "(page:other)",
         "pages/first-page.md:9: page 'other' does not exist; accepted: first-page, second-page"),
        (FIRST, "(figure:example)", "(figure:other)",
         "pages/first-page.md:11: figure 'other' does not exist; accepted: example"),
        (FIRST, "question in-page-example", "question other",
         ("pages/first-page.md:21: question 'other' does not exist; accepted: choose-one, "
         "count-them, in-page-example")),
        (FIRST, "question in-page-example", "question choose-one",
         ("pages/first-page.md:21: question 'choose-one' belongs to the test; accepted: one with "
         "use: page")),
        (FIRST, "::: note", "::: question in-page-example\n:::\n\n::: note",
         "pages/first-page.md:24: question 'in-page-example' already stands on page 'first-page'"),
        (FIRST, "## What", "<b>What</b>\n\n## What",
         "pages/first-page.md:7: raw HTML '<b>'; accepted: Markdown"),
        # figures
        (FIGURE, "alt: A tube with a colored stopper.", "alt: ",
         ("figures/example.yaml:3: alt is empty; accepted: the short text alternative that gives no"
         " answer away, up to 500 characters")),
        (FIGURE, "license: CC-BY-4.0\n", "",
         ("figures/example.yaml:1: license is missing; accepted: one line of text, up to 60 "
         "characters")),
        (SVG, "<text ", "<script>alert(1)</script><text ",
         "figures/example.svg:6: <script> is refused; accepted: circle"),
        # questions
        (TEST, "objectives: [name-the-parts]", "objectives: [other]",
         "questions/test.yaml:6: objective 'other' does not exist; accepted: name-the-parts"),
        (TEST, "references: [your-source]", "references: [other]",
         "questions/test.yaml:7: reference 'other' does not exist; accepted: your-source"),
        (TEST, "references: [your-source]", "references: []",
         ("questions/test.yaml:7: references is a list of 0; accepted: a list of at least one "
         "reference's id, each once")),
        (TEST, "references: [your-source]", "references: [your-source]\n  figure: other",
         "questions/test.yaml:8: figure 'other' does not exist; accepted: example"),
        (TEST, ", reason: The test belongs to the course and comes after the last page.", "",
         ("questions/test.yaml:11: reason is missing; accepted: the reason, which teaches, up to "
         "10,000 characters")),
        (TEST, ", right: true", "",
         "questions/test.yaml:9: 0 options are right; exactly one must be"),
        (TEST, 'answer: "3"', "answer: 3",
         ("questions/test.yaml:19: answer is the number 3; accepted: a decimal in quotation marks, "
         'such as "4.5"')),
        (TEST, "kind: numeric", "kind: numerical",
         ("questions/test.yaml:15: kind is the text 'numerical'; accepted: single_choice, "
         "multiple_response, true_false, numeric, matching, ordering")),
        (TEST, "id: count-them", "id: choose-one",
         ("questions/test.yaml:13: question 'choose-one' stands twice, first in "
         "questions/test.yaml:3; accepted: once")),
        (TEST, "- id: choose-one", "- id: choose-one\n\tuse: x",
         "questions/test.yaml:4: indented by a tab; accepted: spaces"),
        (TEST, "use: test", "use: [test",
         "questions/test.yaml:5: is not YAML: "),
        (TEST, "stem: Which of", "stem: Which <b>of</b>",
         "questions/test.yaml:8: stem: raw HTML '<b>'; accepted: Markdown"),
    ],
)  # fmt: skip
def test_a_wrong_course_is_refused_with_the_place_and_what_is_accepted(
    tmp_path: Path, file: str, before: str, after: str, expected: str
) -> None:
    folder = course_folder(tmp_path, (file, before, after))
    found = errors(folder)
    assert any(each.startswith(expected) for each in found), found
    assert read(folder).pack is None


def test_all_problems_are_reported_at_once_and_none_of_them_twice(tmp_path: Path) -> None:
    folder = course_folder(
        tmp_path,
        (COURSE, "level: basic", "level: easy"),
        (FIRST, "(term:stopper)", "(term:cap)"),
        (FIGURE, "alt: A tube with a colored stopper.", "alt: "),
        (TEST, "references: [your-source]", "references: [other]"),
        (TEST, ", reason: The test belongs to the course and comes after the last page.", ""),
    )
    assert [each.split(": ")[0] for each in errors(folder)] == [
        "course.yaml:12",
        "figures/example.yaml:3",
        "pages/first-page.md:9",
        "questions/test.yaml:7",
        "questions/test.yaml:11",
    ]


def test_what_cannot_be_read_is_not_judged_by_its_absence(tmp_path: Path) -> None:
    folder = course_folder(tmp_path, (TEST, "use: test", "use: [test"))
    assert [each.split(": ")[0] for each in errors(folder)] == ["questions/test.yaml:5"]


@pytest.mark.parametrize(
    ("file", "before", "after", "expected"),
    [
        (FIRST, "preview: true\n", "",
         ("course.yaml:36: warning: no page can be read before starting; better: preview: true in "
         "one of them")),
        (COURSE, "text: Name the three", "text: Understand the three",
         ("course.yaml:25: warning: begins with 'Understand', which nobody can observe; better: an "
         "action verb such as choose, calculate, classify, explain")),
        (FIRST, "![](figure:example)", "",
         "figures/example.yaml:1: warning: is used nowhere; it is left out"),
        (FIRST, "::: question in-page-example\n:::", "",
         "questions/in-pages.yaml:2: warning: stands on no page; it is left out"),
        (COURSE, "  - second-page\n", "",
         "pages/second-page.md:1: warning: is not listed in pages of course.yaml; it is left out"),
        ("README.txt", "", "Hello.", "README.txt:1: warning: is not part of the format; accepted:"),
    ],
)  # fmt: skip
def test_a_warning_is_said_but_does_not_stop(
    tmp_path: Path, file: str, before: str, after: str, expected: str
) -> None:
    changes = [(file, before, after)]
    if file == COURSE and "second-page" in before:
        changes.append((FIRST, "[second page](page:second-page)", "second page"))
    folder = course_folder(tmp_path, *changes)
    assert any(each.startswith(expected) for each in findings(folder)), findings(folder)
    assert read(folder).pack is not None


def test_a_figure_without_its_text_and_a_text_without_its_figure_are_refused(
    tmp_path: Path,
) -> None:
    alone = course_folder(tmp_path / "a", remove=(FIGURE,))
    assert errors(alone) == [
        (
            "figures/example.svg:1: has no text alternatives; accepted: figures/example.yaml with "
            "title, caption, alt, description, …"
        )
    ]
    bare = course_folder(tmp_path / "b", remove=(SVG,))
    assert errors(bare) == [
        "figures/example.yaml:1: has no image beside it; accepted: .svg, .png, .jpg, .webp"
    ]


def test_text_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    folder = course_folder(tmp_path)
    path = folder / FIRST
    path.write_bytes(path.read_bytes().replace(b"Lavender", b"Lav\xe9nder"))
    assert errors(folder) == ["pages/first-page.md:15: is not UTF-8; accepted: text in UTF-8"]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x7f", "\u202e", "\u2066", "\u200f"])
def test_hidden_characters_are_refused(tmp_path: Path, character: str) -> None:
    folder = course_folder(tmp_path, (FIRST, "Lavender", f"Laven{character}der"))
    assert [each.split(" (")[0] for each in errors(folder)] == [
        f"pages/first-page.md:15: holds U+{ord(character):04X}"
    ]


def test_symbolic_links_are_refused_wherever_they_stand(tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("---\ntitle: x\n---\nsecret\n")
    folder = course_folder(tmp_path)
    (folder / FIRST).unlink()
    (folder / FIRST).symlink_to(secret)
    assert errors(folder)[:1] == [
        "course.yaml:37: page 'first-page' does not exist; accepted: the name of a file in pages/"
    ]
    assert "pages/first-page.md:1: is a symbolic link; accepted: plain files" in errors(folder)
    linked = course_folder(tmp_path / "other")
    (linked / "questions").rename(tmp_path / "questions")
    (linked / "questions").symlink_to(tmp_path / "questions")
    assert "questions:1: is a symbolic link; accepted: plain files" in errors(linked)
    (tmp_path / "course").symlink_to(folder)
    assert [str(each) for each in read(tmp_path / "course").errors] == [
        f"{tmp_path}/course:1: is no folder; accepted: a course folder with a course.yaml"
    ]


def test_a_pipe_is_refused_and_does_not_hang(tmp_path: Path) -> None:
    import os

    folder = course_folder(tmp_path)
    (folder / FIRST).unlink()
    os.mkfifo(folder / FIRST)
    assert "pages/first-page.md:1: is no plain file; accepted: plain files" in errors(folder)


def test_giant_files_are_refused_unread(tmp_path: Path) -> None:
    folder = course_folder(tmp_path)
    with (folder / FIRST).open("wb") as file:
        file.truncate(2**31)
    assert "pages/first-page.md:1: is too large; accepted: up to 64 KiB" in errors(folder)


def test_names_that_leave_the_folder_cannot_be_said(tmp_path: Path) -> None:
    folder = course_folder(
        tmp_path, (COURSE, "  - second-page\n", "  - ../../etc/passwd\n  - /etc/passwd\n")
    )
    found = errors(folder)
    assert [each.split(";")[0] for each in found] == [
        "course.yaml:38: pages, entry 2, is the text '../../etc/passwd'",
        "course.yaml:39: pages, entry 3, is the text '/etc/passwd'",
    ]


def test_a_yaml_bomb_stays_small(tmp_path: Path) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 10)}]\n" for n in range(9)
    )
    folder = course_folder(tmp_path)
    (folder / COURSE).write_text(bomb)
    assert errors(folder) == ["course.yaml:5: holds too many values; accepted: up to 50000"]


@pytest.mark.parametrize(
    "content",
    ["", "null", "[]", "text", "1", "- a\n- b", "{", "a: !!python/object/apply:os.system [x]",
     "a: &x\n  b: *x", "? {a: b}\n: c", "[" * 5000, "a: " * 500, "---\n---\n---", "\ufeff",
     "format: .inf", "format: 1\npages: {a: 1}", "pages: [1, null, {}]\nquestions: 3",
     "objectives: [x, {}, null]\npeople: 3\ntest: []\nsubjects: {a: b}\nhours: 1\nproposals: x"],
)  # fmt: skip
@pytest.mark.parametrize("file", [COURSE, FIGURE, TEST])
def test_whatever_a_file_holds_the_answer_is_a_list_of_problems(
    tmp_path: Path, file: str, content: str
) -> None:
    folder = course_folder(tmp_path)
    (folder / file).write_text(content)
    reading = read(folder)
    assert reading.pack is None or (file == TEST and content == "[]")
    assert reading.errors or content == "[]"


@pytest.mark.parametrize(
    "content", ["", "---", "---\n---\n", "text", "---\ntitle: [\n---\nx", "---\n- a\n---\nx"]
)
def test_whatever_a_page_holds_the_answer_is_a_list_of_problems(
    tmp_path: Path, content: str
) -> None:
    folder = course_folder(tmp_path)
    (folder / "pages/second-page.md").write_text(content)
    assert read(folder).errors


def test_a_folder_without_a_course_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "stray.txt").write_text("x")
    assert [str(each) for each in read(tmp_path).errors] == [
        f"{tmp_path}:1: holds no course.yaml; accepted: a course folder"
    ]


def test_the_words_of_captions_count_and_those_of_titles_do_not(tmp_path: Path) -> None:
    before = read(course_folder(tmp_path / "a")).hours
    after = read(
        course_folder(
            tmp_path / "b",
            (FIGURE, "caption: A tube", "caption: Three more words, a tube"),
            (FIRST, "title: The first page", "title: The very first page of this course"),
            (FIGURE, "title: A tube", "title: Many more words that are not counted here, a tube"),
        ),
    ).hours
    assert before is not None
    assert after is not None
    assert after.inputs.words - before.inputs.words == 3


def test_what_would_not_fit_the_database_is_refused_here(tmp_path: Path) -> None:
    long = "a" * 61
    folder = course_folder(
        tmp_path,
        (COURSE, 'hours: "0.25"', 'hours: "1000.25"'),
        (f"pages/{long}.md", "", "---\ntitle: x\n---\nx\n"),
        ("pages/second-page.md", "# study: {minutes: 3,", "study: {minutes: 1000,"),
    )
    assert errors(folder) == [
        "course.yaml:16: 1000.25 contact hours; accepted: up to 1000",
        f"pages/{long}.md:1: has a long name; accepted: up to 60 characters",
        (
            "pages/second-page.md:3: minutes is the number 1000; accepted: minutes up to 999, "
            'such as 3 or "2.5"'
        ),
    ]
