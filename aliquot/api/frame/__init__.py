"""What every area of the API shares: the door, the shapes, pages of lists, deeds, problems."""

from aliquot.api.frame.areas import Area
from aliquot.api.frame.cursors import Limit, Listed, Start, after, paged
from aliquot.api.frame.doors import ApiRequest, Key
from aliquot.api.frame.problems import InvalidFieldError
from aliquot.api.frame.shapes import Amount, Code, Id, Price, Shape, Taken, one_of

__all__ = [
    "Amount",
    "ApiRequest",
    "Area",
    "Code",
    "Id",
    "InvalidFieldError",
    "Key",
    "Limit",
    "Listed",
    "Price",
    "Shape",
    "Start",
    "Taken",
    "after",
    "one_of",
    "paged",
]
