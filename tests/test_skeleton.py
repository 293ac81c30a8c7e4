def test_the_cast_can_be_made(rosa, nadia, marcus, amara, stella) -> None:
    assert [p.initials for p in (rosa, nadia, marcus, amara, stella)] == [
        "RM",
        "N",
        "MB",
        "AO",
        "SS",
    ]
