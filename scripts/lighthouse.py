"""Lighthouse's mobile profile on five pages of a running demonstration; ``make lighthouse``.

``SITE`` is its address (http://localhost:8000); ``CHROME_PATH`` a Chromium; ``RUNS`` how often each
page is measured (3). Needs Node's npx, which neither users nor tests need. Prints a line a page,
that of the run in the middle by performance, and the performance of all runs with the load of the
machine; exit 1 if a score is below what is wanted.
"""

import http.cookiejar
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

SITE = os.environ.get("SITE", "http://localhost:8000").rstrip("/")
RUNS = int(os.environ.get("RUNS", "3"))
WANTED = {"performance": 95, "accessibility": 100, "best-practices": 95, "seo": 95}
PERSON, PASSWORD = "rosa@example.org", "measured portions"  # of the demonstration's cast
FLAGS = "--headless=new --no-sandbox --ignore-certificate-errors"


def signed_in() -> tuple[str, str]:
    """The cookies of a learner of the demonstration, and the page of a course she is in."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=ssl._create_unverified_context()),
        urllib.request.HTTPCookieProcessor(jar),
    )
    form = browser.open(f"{SITE}/account/login/").read().decode()
    [token] = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)) or {""}
    answers = {"csrfmiddlewaretoken": token, "login": PERSON, "password": PASSWORD}
    request = urllib.request.Request(
        f"{SITE}/account/login/",
        urllib.parse.urlencode(answers).encode(),
        {"Referer": f"{SITE}/account/login/"},
    )
    home = browser.open(request).read().decode()
    course = re.search(r'"(/learning/\d+/)"', home)
    if course is None:
        sys.exit("The demonstration has no course in progress.")
    page = browser.open(f"{SITE}{course[1]}").geturl()
    return "; ".join(f"{each.name}={each.value}" for each in jar), page.removeprefix(SITE)


def scores(path: str, cookie: str, folder: Path) -> tuple[dict[str, int], str]:
    """The scores of one page, and a few figures beside them."""
    report = folder / "report.json"
    command = ["npx", "--yes", "lighthouse@13", f"{SITE}{path}", "--quiet", "--output=json"]
    command += [f"--output-path={report}", f"--chrome-flags={FLAGS}"]
    command += [f"--only-categories={','.join(WANTED)}"]
    if cookie:
        command += ["--extra-headers", json.dumps({"Cookie": cookie})]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    told = json.loads(report.read_text())
    audits = told["audits"]
    names = ("largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")
    figures = [audits[name]["displayValue"] for name in names]
    figures += [f"{audits['total-byte-weight']['numericValue']:.0f} B"]
    figures += [f"{len(audits['network-requests']['details']['items'])} requests"]
    found = {name: round(each["score"] * 100) for name, each in told["categories"].items()}
    return found, " · ".join(figures)


def main() -> int:
    """Measure every page."""
    cookie, player = signed_in()
    catalog = urllib.request.urlopen(
        f"{SITE}/courses/", context=ssl._create_unverified_context()
    ).read()
    course = re.search(r'href="(/courses/[a-z0-9-]+/)"', catalog.decode())
    pages = {
        "home": ("/", ""),
        "catalog": ("/courses/", ""),
        "course": (course[1] if course else "/courses/", ""),
        "player": (player, cookie),
        "dashboard": ("/learning/", cookie),
    }
    low = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, (path, sent) in pages.items():
            runs = [scores(path, sent, Path(folder)) for _ in range(RUNS)]
            runs.sort(key=lambda run: run[0]["performance"])
            found, figures = runs[RUNS // 2]
            figures += f" · {', '.join(str(run[0]['performance']) for run in runs)}"
            figures += f" · load {os.getloadavg()[0]:.1f}"
            low += sum(found[key] < most for key, most in WANTED.items())
            print(
                f"{name:<10}",
                " ".join(f"{key} {found[key]}" for key in WANTED),
                "·",
                figures,
                flush=True,
            )
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
