"""Why something is done on pages only."""


class Only(str):
    """A reason, where a page has no operation that does the same."""

    __slots__ = ()
