import pytest

from aliquot.interop.coursepack.svg import MOST_ELEMENTS, read_svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '


def drawing(body: str, attributes: str = 'viewBox="0 0 320 160"') -> bytes:
    return f"{HEAD}{attributes}>\n<title>A tube</title>\n{body}\n</svg>".encode()


def test_a_plain_drawing_is_measured_by_its_view_box() -> None:
    found = read_svg(drawing('<rect width="10" height="10" fill="url(#a)"/><use href="#b"/>'))
    assert found.problems == []
    assert (found.width, found.height, found.title) == (320, 160, "A tube")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (drawing("<script>alert(1)</script>"), (3, "<script> is refused")),
        (drawing("<foreignObject/>"), (3, "<foreignObject> is refused")),
        (drawing('<image href="https://evil.example/x.png"/>'), (3, "<image> is refused")),
        (drawing('<a href="#b"/>'), (3, "<a> is refused")),
        (drawing("<style>*{}</style>"), (3, "<style> is refused")),
        (drawing('<animate attributeName="href" to="x"/>'), (3, "<animate> is refused")),
        (drawing('<set attributeName="onload" to="x"/>'), (3, "<set> is refused")),
        (drawing("<metadata/>"), (3, "<metadata> is refused")),
        (drawing('<h:p xmlns:h="http://www.w3.org/1999/xhtml"/>'), (3, "<p> is refused")),
        (drawing('<rect onclick="x"/>'), (3, "attribute onclick on <rect> is refused")),
        (drawing('<rect OnClick="x"/>'), (3, "attribute OnClick on <rect> is refused")),
        (drawing('<rect style="fill:red"/>'), (3, "attribute style on <rect> is refused")),
        (drawing('<rect class="x"/>'), (3, "attribute class on <rect> is refused")),
        (drawing('<use href="https://evil.example/#a"/>'), (3, "href leads outside")),
        (drawing('<use xlink:href="other.svg#a"/>'), (3, "xlink:href leads outside")),
        (drawing('<use href=" data:image/svg+xml,x"/>'), (3, "href leads outside")),
        (drawing('<rect fill="url(https://evil.example)"/>'), (3, "fill names an address")),
        (drawing('<rect fill="URL( \'//evil.example\')"/>'), (3, "fill names an address")),
        (drawing('<rect fill="java\tscript:alert(1)"/>'), None),
        (drawing('<rect fill="javascript:alert(1)"/>'), (3, "fill holds what is no drawing")),
        (drawing('<rect xml:base="https://evil.example/"/>'), (3, "attribute xml:base is refused")),
        (drawing("<svg/>"), (3, "<svg> inside <svg>")),
        (drawing("", 'width="5" height="5"'), (1, "has no viewBox with a size")),
        (drawing("", 'viewBox="0 0 0 9"'), (1, "has no viewBox with a size")),
        (drawing("", 'viewBox="0 0 99999 9"'), (1, "has no viewBox with a size")),
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 5 5"/>', (1, "has no <title>")),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', (1, "begins with <html>")),
        (b"<svg viewBox='0 0 5 5'><title>x</title></svg>", (1, "begins with <svg>")),
        (b"", (1, "is not XML")),
        (b"<svg", (1, "is not XML")),
        (b"\xff\xfe<\x00s\x00v\x00g\x00", (1, "is not UTF-8")),
        (b'<?xml version="1.0" encoding="UTF-16"?>' + drawing(""), (1, "declares the encoding")),
        (b'<?xml-stylesheet href="x.css"?>' + drawing(""), (1, "<?xml-stylesheet is refused")),
        (b"<!DOCTYPE svg>" + drawing(""), (1, "<!DOCTYPE is refused")),
        (b"\n<!doctype svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + drawing("&a;"),
         (2, "<!doctype is refused")),
        (b"<!ENTITY a 'b'>" + drawing(""), (1, "<!ENTITY is refused")),
    ],
)  # fmt: skip
def test_whatever_could_act_is_refused(content: bytes, expected: tuple[int, str] | None) -> None:
    found = read_svg(content).problems
    if expected is None:
        assert found == []
        return
    line, words = expected
    assert any(at == line and message.startswith(words) for at, message in found), found


def test_copies_of_copies_are_refused() -> None:
    body = "".join(
        f'<g id="g{n}"><use href="#g{n - 1}"/><use href="#g{n - 1}"/></g>' for n in range(1, 30)
    )
    assert read_svg(drawing(body)).problems[0][1].startswith("<use> inside what <use> could copy")


def test_too_many_elements_and_too_deep_ones_are_refused_once() -> None:
    many = read_svg(drawing("<g/>" * (MOST_ELEMENTS + 10)))
    assert [message.split(";")[0] for _, message in many.problems] == ["holds too many elements"]
    deep = read_svg(drawing("<g>" * 100 + "</g>" * 100))
    assert [message.split(";")[0] for _, message in deep.problems] == ["is nested too deeply"]
