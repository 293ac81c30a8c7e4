"""A small flow network in whole numbers, with just what an exact allocation asks of one."""


class Network:
    """Nodes joined by arcs with room for flow. An arc and its way back are neighbors in pairs.

    ``room[arc]`` is how much more the arc can carry; the way back of an arc has the room of what
    the arc carries now, which is how a later path takes back an earlier choice.
    """

    def __init__(self) -> None:
        self.room: list[int] = []
        self._head: list[int] = []
        self._out: list[list[int]] = []

    def add_node(self) -> int:
        """A new node without arcs."""
        self._out.append([])
        return len(self._out) - 1

    def add_arc(self, tail: int, head: int, *, room: int) -> int:
        """A new empty arc; its number plus one is its way back."""
        arc = len(self.room)
        self.room += [room, 0]
        self._head += [head, tail]
        self._out[tail].append(arc)
        self._out[head].append(arc + 1)
        return arc

    def head(self, arc: int) -> int:
        """The node that the arc leads to."""
        return self._head[arc]

    def carried(self, arc: int) -> int:
        """What the arc carries and could still give back."""
        return self.room[arc + 1]

    def push(self, start: int, end: int, *, at_most: int) -> int:
        """Send up to ``at_most`` from start to end by whatever paths there are; returns how much.

        The result is the greatest amount possible: it stops only when no path is left.
        """
        pushed = 0
        while pushed < at_most:
            path = self._shortest_path(start, end)
            if path is None:
                break
            amount = min(at_most - pushed, *(self.room[arc] for arc in path))
            for arc in path:
                self.room[arc] -= amount
                self.room[arc ^ 1] += amount
            pushed += amount
        return pushed

    def _shortest_path(self, start: int, end: int) -> list[int] | None:
        """Arcs of a shortest path with room, last arc first; None if the end is out of reach."""
        came_by: dict[int, int] = {start: -1}
        edge = [start]
        while edge:
            following = []
            for node in edge:
                for arc in self._out[node]:
                    head = self._head[arc]
                    if self.room[arc] and head not in came_by:
                        came_by[head] = arc
                        if head == end:
                            return self._trace(came_by, end)
                        following.append(head)
            edge = following
        return None

    def _trace(self, came_by: dict[int, int], end: int) -> list[int]:
        path = []
        arc = came_by[end]
        while arc >= 0:
            path.append(arc)
            arc = came_by[self._head[arc ^ 1]]
        return path
