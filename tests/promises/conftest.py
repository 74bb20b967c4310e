"""One running system per file, with the file's own variables; a test that needs another takes `start_parley`."""
import pytest

from harness import Parley


@pytest.fixture(scope="module")
def house(request):
    """The whole system with what the file's SYSTEM says, for all its tests. They use people of their own."""
    with Parley(env=request.module.SYSTEM) as system:
        yield system


@pytest.fixture
def parley(request, start_parley):
    """The file's house, whole and without faults; or, where the test or its file has no SYSTEM, one of its own."""
    mark = request.node.get_closest_marker("parley")
    if mark or not hasattr(request.module, "SYSTEM"):
        yield start_parley(*(mark.args if mark else ()), **(mark.kwargs if mark else {}))
        return
    system = request.getfixturevalue("house")
    missing = [name for name in system.names if not system[name].is_running]
    system.start(*missing) if missing else system.check_alive()
    system.plivo.clear_faults()
    yield system
