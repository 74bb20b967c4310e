"""The sender alone, against the official Node SDK's client: both send to the same nginx that says 202."""
import json
import os
import subprocess
import tempfile

from . import common
from .common import BENCH, BIN, thousands

TITLE = "Sends: the sender alone"
SENDS, NODE_SENDS = 30000, 3000
PARALLEL = (8, 32)


def ours(port, parallel):
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        grantor = subprocess.Popen([BIN / "parley-bench-grantor", f"ipc://{folder}/worker.sock", f"ipc://{folder}/events.sock",
                                    str(SENDS)], stdout=subprocess.PIPE, text=True)
        env = {"PATH": os.environ["PATH"], "PLIVO_AUTH_ID": "MABENCHBENCHBENCHBEN", "PLIVO_AUTH_TOKEN": common.TOKEN,
               "PLIVO_API_BASE": f"http://127.0.0.1:{port}", "RUN_DIR": folder, "LOG_LEVEL": "warn",
               "ADMIN_LISTEN": f"127.0.0.1:{common.free_port()}", "SENDER_CONNECTIONS": str(parallel)}
        sender = subprocess.Popen([BIN / "parley-sender"], env=env)
        try:
            figures = json.loads(grantor.communicate(timeout=130)[0])
            cpu, peak = common.cpu_s(sender.pid), common.memory_mb(sender.pid, "VmHWM")
        finally:
            sender.terminate()
            sender.wait(20)
    assert figures["other"] == 0 and figures["accepted"] == SENDS, figures
    return SENDS / figures["seconds"], cpu / SENDS * 10000, peak


def node(port, parallel):
    env = dict(os.environ, URL=f"http://127.0.0.1:{port}/v1", SENDS=str(NODE_SENDS), PARALLEL=str(parallel))
    before = os.times()
    done = subprocess.run(["node", "send.js"], cwd=BENCH / "peers" / "express", env=env, check=True, capture_output=True, text=True)
    after = os.times()
    figures = json.loads(done.stdout)
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return NODE_SENDS / figures["seconds"], cpu / NODE_SENDS * 10000


def run():
    rows = []
    with common.nginx() as nginx:
        for parallel in PARALLEL:
            rate, cpu, peak = common.median_of(lambda p=parallel: ours(nginx.port, p))
            node_rate, node_cpu = common.median_of(lambda p=parallel: node(nginx.port, p))
            rows.append([parallel, f"**{rate / node_rate:.1f}**", "15", thousands(rate), thousands(node_rate), f"{cpu:.2f}",
                         f"{node_cpu:.2f}", f"{peak:.0f}"])
    return ["Sends a second that the answering side has acknowledged, with a worker that only grants:", "",
            *common.table(["parallel", "ratio", "aim", "sender /s", "Node SDK /s", "sender CPU s / 10,000",
                           "Node CPU s / 10,000", "sender peak MB"], rows)]
