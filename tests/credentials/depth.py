"""How deep property tests dig: PROPERTY_DEPTH=20 makes them twenty times as thorough."""

import os

DEPTH = int(os.environ.get("PROPERTY_DEPTH", "1"))
