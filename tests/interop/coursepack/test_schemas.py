import json

from jsonschema import Draft202012Validator

from aliquot.assessment.kinds import KINDS
from aliquot.interop.coursepack import schemas


def leaves(schema: object) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    if isinstance(schema, dict):
        if "type" in schema or "enum" in schema or "const" in schema:
            found.append(schema)
        for name, value in schema.items():
            if name not in {"if", "description", "required", "enum"}:
                found += leaves(value)
    elif isinstance(schema, list):
        for value in schema:
            found += leaves(value)
    return found


def test_the_published_schemas_are_valid_and_say_everywhere_what_is_accepted() -> None:
    for path in schemas.FOLDER.rglob("*.json"):
        schema = json.loads(path.read_text())
        Draft202012Validator.check_schema(schema)
        silent = [leaf for leaf in leaves(schema) if not leaf.get("description")]
        assert silent == [], path.name


def test_every_question_kind_has_a_schema_and_every_schema_a_kind() -> None:
    assert schemas.kinds() == sorted(KINDS)
    listed = json.loads((schemas.FOLDER / "questions.json").read_text())
    assert sorted(listed["items"]["properties"]["kind"]["enum"]) == sorted(KINDS)
    assert len(listed["items"]["allOf"]) == len(KINDS)


def test_the_schema_of_a_kind_knows_the_fields_that_the_kind_knows() -> None:
    common = {"id", "use", "kind", "objectives", "stem", "figure", "references"}
    for name, kind in KINDS.items():
        schema = json.loads((schemas.FOLDER / f"kinds/{name}.json").read_text())
        keys = getattr(kind, "KEYS", None) or ("options", "shuffle")
        assert set(schema["properties"]) - common == set(keys), name
