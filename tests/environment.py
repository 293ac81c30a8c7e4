"""The environment of the tests, set before the settings are read (a pytest plugin)."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ["ALIQUOT_PROFILE"] = "demo"
os.environ["ALIQUOT_DATA"] = tempfile.mkdtemp(prefix="aliquot-tests-")
Path(os.environ["ALIQUOT_DATA"], "static").mkdir()  # whitenoise warns where there is none
atexit.register(shutil.rmtree, os.environ["ALIQUOT_DATA"], ignore_errors=True)
if "ALIQUOT_TEST_RUN" not in os.environ:  # shared by all processes of a run
    os.environ["ALIQUOT_TEST_RUN"] = tempfile.mkdtemp(prefix="aliquot-test-run-")
    atexit.register(shutil.rmtree, os.environ["ALIQUOT_TEST_RUN"], ignore_errors=True)
os.environ["ALIQUOT_SECRET_KEY"] = "a key for tests only, long enough to pass the length check"
os.environ["ALIQUOT_SITE_URL"] = "http://localhost:8000"
os.environ["DATABASE_URL"] = os.environ.get("ALIQUOT_TEST_DATABASE_URL", "")
