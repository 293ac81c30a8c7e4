"""Parameters of files."""

from typing import Annotated, Literal

from ninja import Query

FileName = Annotated[
    str, Query(max_length=200, description="What you call the file; only ever shown.")
]
Paper = Annotated[Literal["letter", "a4"], Query(description="The size of the paper.")]
