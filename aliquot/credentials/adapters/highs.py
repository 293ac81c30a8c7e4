"""HiGHS, the open-source solver of whole-number programs, behind one function.

It is loaded on first use: starting the site or judging a transcript does not wait for it.
"""

import time
from typing import Any

from aliquot.lib.programs import Program, Solution

_NEARLY = 1e-6  # bounds are computed in floating point; costs are whole numbers


def solve(program: Program, *, seconds: float) -> Solution | None:
    """The cheapest columns found within the time; None if none was found at all.

    ``is_proven`` only if the solver closed the gap entirely, in whole numbers. One thread, and the
    same program gives the same answer unless the time ran out.
    """
    deadline = time.monotonic() + seconds
    engine = _engine()
    engine.passModel(_model(program))
    found = _run(engine, program.stages[0], seconds)
    if found is None or not found.is_proven:
        return found
    for number, stage in enumerate(program.stages[1:]):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        _keep(engine, program.stages[number], found)
        _aim(engine, stage)
        better = _run(engine, stage, left)
        if better is None:
            break
        found = Solution(better.values, is_proven=True)
    return found


def _engine() -> Any:
    # Not highspy.Highs: its constructor writes a banner to standard output, where answers go.
    from highspy._core import _Highs

    engine = _Highs()
    for option, value in {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.0,
        "mip_feasibility_tolerance": 1e-9,
    }.items():
        engine.setOptionValue(option, value)
    return engine


def _model(program: Program) -> Any:
    import highspy
    import numpy as np

    unbounded = highspy.kHighsInf
    columns, rows = len(program.upper), program.rows
    free = columns - program.whole
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns, len(rows)
    model.col_cost_ = np.array([*program.stages[0], *[0] * free], dtype=float)
    model.col_lower_ = np.zeros(columns)
    model.col_upper_ = np.array(program.upper, dtype=float)
    model.row_lower_ = np.array(
        [-unbounded if row.least is None else row.least for row in rows], dtype=float
    )
    model.row_upper_ = np.array(
        [unbounded if row.most is None else row.most for row in rows], dtype=float
    )
    starts = np.cumsum([0, *(len(row.factors) for row in rows)])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = starts
    model.a_matrix_.index_ = np.array([column for row in rows for column in row.factors], dtype=int)
    model.a_matrix_.value_ = np.array(
        [factor for row in rows for factor in row.factors.values()], dtype=float
    )
    kinds = highspy.HighsVarType
    model.integrality_ = [kinds.kInteger] * program.whole + [kinds.kContinuous] * free
    return model


def _run(engine: Any, stage: tuple[int, ...], seconds: float) -> Solution | None:
    import highspy

    engine.setOptionValue("time_limit", engine.getRunTime() + seconds)
    engine.run()
    info = engine.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    values = engine.getSolution().col_value[: len(stage)]
    found = Solution(tuple(map(round, values)), is_proven=False)
    gap = found.cost(stage) - info.mip_dual_bound
    is_proven = engine.getModelStatus() == highspy.HighsModelStatus.kOptimal and gap < 1 - _NEARLY
    return Solution(found.values, is_proven)


def _keep(engine: Any, stage: tuple[int, ...], found: Solution) -> None:
    """From here on the stage costs no more than it does now."""
    import highspy
    import numpy as np

    columns = [column for column, cost in enumerate(stage) if cost]
    costs = np.array([stage[column] for column in columns], dtype=float)
    engine.addRow(
        -highspy.kHighsInf, float(found.cost(stage)), len(columns), np.array(columns), costs
    )


def _aim(engine: Any, stage: tuple[int, ...]) -> None:
    import numpy as np

    columns = np.arange(len(stage))
    engine.changeColsCost(len(stage), columns, np.array(stage, dtype=float))
