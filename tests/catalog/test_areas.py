"""The closed lists of subject areas, approvals, roles and specialties."""

from aliquot.catalog import data

SAFETY = {"safety_lab", "safety_patient", "general_safety", "fl_medical_errors"}


def test_the_lists_are_closed() -> None:
    assert len(data.areas()) == 45
    assert list(data.approvals()) == [
        "pace", "cmle", "accme", "ca_agency", "fl_board", "state_board", "university", "employer",
        "society", "other",
    ]  # fmt: skip
    assert list(data.roles()) == ["director", "supervisor"]
    assert set(data.specialties()) <= set(data.areas())


def test_every_edge_of_the_tree_says_where_it_comes_from() -> None:
    edges = {area.id: area.parent for area in data.areas().values() if area.parent}
    assert edges == {
        "coagulation": "hematology",
        "virology": "microbiology",
        "parasitology": "microbiology",
        "mycology": "microbiology",
        "mycobacteriology": "microbiology",
        "toxicology": "chemistry",
        "immunohistochemistry": "histology",
        "fl_medical_errors": "safety_patient",
        "admin_supervision": "management",
        "fl_laws_rules": "legal",
    }
    for area in data.areas().values():
        assert (area.edge_source is None) == (area.parent is None)


def test_every_edge_has_a_reason_and_nothing_finer_becomes_an_area() -> None:
    for area in data.areas().values():
        assert bool(area.why) == (area.parent is not None)
    titles = {area.title for area in data.areas().values()}
    finer = [title for topics in data.topics().values() for title in topics.titles]
    assert titles.isdisjoint(finer)
    assert len(set(finer)) == len(finer)
    assert set(data.topics()) <= set(data.areas())


def test_what_stands_apart_does_not_count_where_one_might_think() -> None:
    for each in data.apart().values():
        assert each.area not in data.with_descendants(each.not_under)
        assert each.why


def test_an_area_comes_with_all_areas_below_it() -> None:
    assert data.with_descendants("hematology") == {"hematology", "coagulation"}
    assert data.with_descendants("ethics") == {"ethics"}


def test_only_coagulation_is_light_blue_and_only_safety_is_orange() -> None:
    stoppers = {area.id: area.stopper for area in data.areas().values()}
    assert {name for name, color in stoppers.items() if color == "lightblue"} == {"coagulation"}
    assert {name for name, color in stoppers.items() if color == "orange"} == SAFETY
    assert stoppers["virology"] == stoppers["microbiology"] == "yellow"
    assert stoppers["cytology"] == "violet"
    assert "gray" not in stoppers.values()
