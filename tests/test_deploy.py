"""The files that operators copy agree with the product: units, proxy, pooler, settings."""

import configparser
import os
import re
import runpy
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from ruamel.yaml import YAML

from aliquot.cli.main import COMMANDS
from aliquot.infra import start
from tests.test_architecture import ROOT
from tests.test_operations_page import first_cells

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
GRACE_SECONDS = 20  # of serve and worker
KEY = "k3Y-" * 5 + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"


def unit(path: Path) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(path)
    return {name: dict(parser[name]) for name in parser.sections()}


def environment_file() -> dict[str, str]:
    """As a shell reads it, which the walk through a small server asks for."""
    told = subprocess.run(
        ["/usr/bin/env", "-i", "sh", "-c", 'set -a; . "$0"; /usr/bin/env -0', "./aliquot.env"],
        cwd=DEPLOY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = dict(each.split("=", 1) for each in told.split("\0") if each)
    return {name: value for name, value in found.items() if name not in {"PWD", "_"}}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_runs_a_command_there_is_as_a_user_who_may_do_little(path: Path) -> None:
    service = unit(path)["Service"]
    program, command, *_ = service["ExecStart"].split()
    assert program == "/opt/aliquot/current/.venv/bin/aliquot"
    assert command in COMMANDS
    assert service["User"] == "aliquot"
    assert service["EnvironmentFile"] == "/etc/aliquot/aliquot.env"
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")
    assert service["InaccessiblePaths"] == "-/opt/aliquot/current/.git"
    assert f"/var/lib/{service['StateDirectory']}" == environment_file()["ALIQUOT_DATA"]
    if service.get("Type") != "oneshot":
        assert int(service["TimeoutStopSec"]) > GRACE_SECONDS
        assert service["KillMode"] == "mixed", "one signal, to the process that leads"


def test_the_settings_file_starts_a_site_with_the_secrets_beside_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written = environment_file()
    known = first_cells("Settings")
    assert {name.removesuffix("_FILE") for name in written} <= known
    secrets = {"ALIQUOT_SECRET_KEY_FILE": KEY, "ALIQUOT_MAIL_URL_FILE": "smtp://mail.example.org"}
    for name, content in secrets.items():
        file = tmp_path / name
        file.write_text(content)
        file.chmod(0o640)
        written[name] = str(file)
    for name in list(os.environ):
        if name.startswith("ALIQUOT_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    for name, value in written.items():
        monkeypatch.setenv(name, value)
    values = runpy.run_path(str(ROOT / "aliquot" / "settings.py"))
    start.check_settings(SimpleNamespace(**values))
    assert values["DATABASES"]["default"]["HOST"] == "/var/run/postgresql"
    assert values["MAIL_FROM"] == "Continuing education <ce@example.org>"


def test_the_command_of_operators_is_the_one_of_the_units() -> None:
    script = DEPLOY / "bin" / "aliquot"
    assert os.access(script, os.X_OK)
    text = script.read_text()
    service = unit(UNITS[0])["Service"]
    program, *_ = service["ExecStart"].split()
    assert f". {service['EnvironmentFile']}" in text
    assert f'exec "${{ALIQUOT_RELEASE:-{program.replace("/.venv", "}/.venv")}" "$@"' in text
    assert f"runuser -u {service['User']} -- " in text


def test_the_proxy_says_what_the_server_believes_and_takes_what_it_takes() -> None:
    text = (DEPLOY / "nginx" / "aliquot.conf").read_text()
    for header in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Request-ID", "Host"):
        assert f"proxy_set_header {header} $" in text
    [megabytes] = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(megabytes) * 1024 * 1024 > settings.MAX_UPLOAD_BYTES
    assert "location = /metrics { deny all; }" in text
    assert "location /api/ { return 403; }" in text.partition("listen 443")[0]
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in text
    assert "autoindex" not in text
    assert "access_log /var/log/nginx/aliquot.log aliquot;" in text
    [hidden] = re.findall(r"~\^/\((.+)\)/ ", text)
    for path in ("calendar", "v", "certificates", "credentials/reminders"):
        assert path in hidden.split("|"), "addresses that are secrets stay out of the log"


def test_the_pooler_keeps_nothing_for_a_session() -> None:
    pool = unit(DEPLOY / "pgbouncer" / "pgbouncer.ini")["pgbouncer"]
    assert pool["pool_mode"] == "transaction"
    assert "options" not in pool["ignore_startup_parameters"]


def test_the_containers_run_commands_there_are_and_say_that_nobody_tried_them() -> None:
    file = DEPLOY / "container" / "compose.yaml"
    loaded: Any = YAML(typ="safe").load(file)
    ours = {
        name: each for name, each in loaded["services"].items() if each.get("image") == "aliquot"
    }
    assert {each["command"][0] for each in ours.values()} <= set(COMMANDS)
    assert set(ours) == {"setup", "web", "worker"}
    names = {name.removesuffix("_FILE") for name in ours["web"]["environment"]}
    assert names <= first_cells("Settings")
    for path in (file, DEPLOY / "container" / "Containerfile"):
        assert path.read_text().startswith("# Not tried:")
