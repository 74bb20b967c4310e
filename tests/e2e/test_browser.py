"""The page in a real browser, against the real system: Playwright walks, this starts what it walks on."""
import os
import pathlib
import re
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent


@pytest.mark.timeout(600)
def test_a_person_walks_the_main_path_in_a_browser(parley):
    link = re.search(r"http://\S+", parley.tool("login").stdout)
    assert link, "parley login prints a link"
    where = {"BASE": parley.api_url, "SIM": parley.sim_url, "LOGIN_URL": link[0]}
    walk = subprocess.run(["npm", "test", "--silent"], cwd=HERE, env={**os.environ, **where}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
    print(walk.stdout)
    assert walk.returncode == 0, walk.stdout
