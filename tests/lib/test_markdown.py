import pytest

from aliquot.lib.markdown import (
    Link,
    count_words,
    plain_text,
    problems_of_text,
    read_page,
    render_inline,
    render_text,
)


def messages(source: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in read_page(source).problems]


def test_a_page_becomes_blocks_whose_anchors_a_bookmark_can_name() -> None:
    page = read_page(
        "Some text.\n\n## The drop\n\n![](figure:drop)\n\n::: question how-large\n:::\n"
    )
    assert [(block.kind, block.anchor, block.key) for block in page.blocks] == [
        ("html", "p-13b4c5aecd", ""),
        ("html", "part-the-drop", ""),
        ("figure", "figure-drop", "drop"),
        ("question", "question-how-large", "how-large"),
    ]
    assert page.blocks[0].html == '<p id="p-13b4c5aecd">Some text.</p>'
    assert page.blocks[2].as_dict() == {"anchor": "figure-drop", "kind": "figure", "key": "drop"}
    assert page.problems == []


def test_an_anchor_stays_when_text_is_added_elsewhere() -> None:
    before = read_page("One.\n\nTwo.\n").blocks[1].anchor
    assert read_page("New.\n\nOne.\n\nTwo.\n").blocks[2].anchor == before


def test_equal_paragraphs_get_different_anchors() -> None:
    first, second = (block.anchor for block in read_page("Same.\n\nSame.\n").blocks)
    assert second == f"{first}-2"


def test_links_inside_the_course_are_found_with_their_lines() -> None:
    page = read_page("See [edge](term:edge)\nand [ICSH](ref:icsh), then [next](page:next).\n")
    assert page.links == [Link("term", "edge", 1), Link("ref", "icsh", 2), Link("page", "next", 2)]
    html = page.blocks[0].html
    assert '<a class="term" href="#term-edge">edge</a>' in html
    assert '<a class="citation" href="#reference-icsh">ICSH</a>' in html
    assert '<a class="page-link" href="../next/">next</a>' in html


def test_words_count_what_is_read_and_nothing_else() -> None:
    page = read_page(
        "## Two words\n\nThree *more* words, [linked text](https://example.org/not/counted).\n\n"
        "::: tip A title\nIn it.\n:::\n\n"
        "::: note\nThis is never shown.\n:::\n\n"
        "::: question not-counted\n:::\n\n"
        "| a | b |\n|---|---|\n| 1 | – |\n"
    )
    # heading 2, sentence 5, callout 2 + 2, table 3 (the dash is no word)
    assert page.words == 14


def test_a_note_of_the_author_is_never_shown() -> None:
    page = read_page("Text.\n\n::: note\nsecret\n:::\n")
    assert "secret" not in "".join(block.html for block in page.blocks)
    assert page.problems == []


def test_a_note_inside_a_list_is_not_shown_either() -> None:
    page = read_page("- item\n\n  ::: note\n  secret\n  :::\n")
    assert "secret" not in "".join(block.html for block in page.blocks)


def test_columns_are_aligned_by_classes_because_styles_are_forbidden() -> None:
    html = read_page("| a | b |\n|---|--:|\n| 1 | 2 |\n").blocks[0].html
    assert '<td class="number">2</td>' in html
    assert "style" not in html


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# Title\n", (1, "heading of level 1; accepted: ## and below")),
        ("## A\n\n#### B\n", (3, "heading jumps to level 4; accepted: level 3 or above")),
        ("a <b>c</b>\n", (1, "raw HTML '<b>'; accepted: Markdown")),
        ("a\n\n<div>\nx\n</div>\n", (3, "raw HTML; accepted: Markdown")),
        ("\n::: tip Open\ntext\n", (2, "::: tip is not closed; accepted: a line ::: at its end")),
        ("text ![](figure:a)\n",
         (1, "image inside text; accepted: ![](figure:ID) on a line of its own")),
        ("![](https://example.org/a.png)\n",
         (1, "image inside text; accepted: ![](figure:ID) on a line of its own")),
        ("[x](javascript:alert(1))\n",
         (1, "link 'javascript:alert(1)'; accepted: term:, ref:, page:, https:, http:")),
        ("[x](//evil.example)\n",
         (1, "link '//evil.example'; accepted: term:, ref:, page:, https:, http:")),
        ("[x](term:Not an id)\n", None),
        ("[x](<term:Not an id>)\n", (1, "link 'term:Not%20an%20id'; accepted: term: and an id")),
        ("::: bogus x\n:::\n",
         (1, ("'::: bogus x' opens or closes nothing; accepted: ::: tip, ::: warning, ::: key, "
             "::: question, ::: note"))),
        ("::: question a\ntext\n:::\n",
         (1, "::: question holds text; accepted: ::: question ID, then :::")),
        ("::: question Not An Id\n:::\n",
         (1, "::: question 'Not An Id'; accepted: the id of a question")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(source: str, expected: tuple[int, str] | None) -> None:
    found = messages(source)
    assert (found[:1] == [expected]) if expected else (found == [])


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<style>*{display:none}</style>",
    "<form action=//evil.example><input name=password>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<object data=//evil.example>",
    "<div style='position:fixed'>x</div>",
    "<details open ontoggle=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](\x01javascript:alert(1))",
    '[x](https://example.org/" onmouseover="alert(1))',
    "[x](https://example.org 'a\" onmouseover=\"alert(1)')",
    "![x](javascript:alert(1))",
    '![](figure:x" onerror="alert(1))',
    '![a" onerror=alert(1) "](figure:x)',
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "`</code><script>alert(1)</script>`",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    "::: tip <img src=x onerror=alert(1)>\n<script>alert(1)</script>\n:::",
    "| <script>alert(1)</script> | b |\n|---|---|\n| <img src=x onerror=alert(1)> | 2 |",
    "## <img src=x onerror=alert(1)>",
    "[a](term:x){onclick=alert(1)}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u003cscript\u003ealert(1)\u003c/script\u003e",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<a href='https://x' style=x onclick=y>z</a>",
]


def elements_of(html: str) -> set[tuple[str, tuple[tuple[str, str | None], ...]]]:
    from html.parser import HTMLParser

    found: set[tuple[str, tuple[tuple[str, str | None], ...]]] = set()

    class Collector(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.add((tag, tuple(attrs)))

    Collector().feed(html)
    return found


ALLOWED = {
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "hr", "a", "em",
    "strong", "code", "br", "div", "table", "thead", "tbody", "tr", "th", "td", "aside",
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_survives_any_way_of_rendering(attack: str) -> None:
    page = "\n".join(block.html for block in read_page(attack).blocks)
    for html in (page, render_text(attack), render_inline(attack)):
        for tag, attributes in elements_of(html):
            assert tag in ALLOWED
            for name, value in attributes:
                assert not name.startswith("on")
                assert name != "style"
                if name == "href":
                    assert value is not None
                    assert value.startswith(("https://", "http://", "#", "../"))


@pytest.mark.parametrize(
    "attack",
    ["[" * 4_000, "*" * 8_000, "> " * 4_000, "`" * 4_000, "![" * 2_000, "<" * 8_000,
     "- " * 4_000, "a|" * 2_000 + "\n" + "-|" * 2_000, "::: tip\n" * 1_000],
)  # fmt: skip
def test_hostile_repetition_ends(attack: str) -> None:
    assert isinstance(read_page(attack).words, int)


def test_short_texts_are_safe_and_have_no_blocks() -> None:
    assert render_inline("The **10⁹** rule, <5 and `a`") == (
        "The <strong>10⁹</strong> rule, &lt;5 and <code>a</code>"
    )
    assert render_inline("[x](term:y)") == "<a>x</a>"
    assert [problem.message for problem in problems_of_text("[x](term:y)")] == [
        "link 'term:y'; accepted: https:, http:"
    ]


def test_plain_text_has_no_markup() -> None:
    assert plain_text("A *b*\n[c](https://d)\n\n- e") == "A b c e"


def test_a_word_has_a_letter_or_a_digit() -> None:
    assert count_words("One – two × 10⁹/L … 3.5") == 4
