"""A kind of question lives in three places; none may be forgotten."""

import json
import re
from pathlib import Path

from aliquot.assessment.kinds import KINDS
from aliquot.assessment.kinds import __path__ as kinds_path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "aliquot/ui/templates/ui/question"
SCHEMA = ROOT / "aliquot/interop/coursepack/schema"


def test_every_kind_has_a_module_a_template_and_a_schema() -> None:
    modules = {path.stem for path in Path(kinds_path[0]).glob("*.py")} - {"__init__", "parts"}
    templates = {path.stem for path in TEMPLATES.glob("[a-z]*.html")} - {"question"}
    schemas = {path.stem for path in (SCHEMA / "kinds").glob("*.json")}
    assert modules == templates == schemas == set(KINDS)


def test_the_question_template_and_the_schema_name_every_kind() -> None:
    source = (TEMPLATES / "_parts.html").read_text()
    assert set(re.findall(r'question\.kind == "(\w+)"', source)) == set(KINDS)
    schema = json.loads((SCHEMA / "questions.json").read_text())
    assert set(schema["items"]["properties"]["kind"]["enum"]) == set(KINDS)


def test_the_page_names_every_kind() -> None:
    page = (ROOT / "docs/question-kinds.md").read_text()
    named = re.search(r"Six kinds exist: (.+?)\.", page)
    assert named is not None
    assert set(re.findall(r"`(\w+)`", named[1])) == set(KINDS)
