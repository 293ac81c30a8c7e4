"""What a person must keep in standing: credentials held, cycles, rule packs, the rule engine.

Words: credential, cycle, requirement, rule set, allocation, standing, declaration. It pulls credit
from the ledger and never writes there.
"""
