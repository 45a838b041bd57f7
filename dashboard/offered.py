"""Which visit was offered a file that Streamlit keeps: its own addresses are open to whoever knows
them, and hold what a page of one person shows or offers for download.
"""

from __future__ import annotations

from collections.abc import Mapping

from streamlit import runtime

from dashboard import passes, sign_in
from dashboard.doorway import cookies


def holds(brought: Mapping[str, str], path: str) -> bool:
    """Whether a visit of this browser's sign-in was offered the file of an address.

    Readers of the sample are not told from each other; what they see is invented.
    """
    if sign_in.mode() is sign_in.Mode.PERSONAS:
        return True
    token = cookies.token(brought)
    if token is None or not runtime.exists():
        return False
    number = path.rpartition("/")[2].partition(".")[0]
    kept = runtime.get_instance().media_file_mgr._files_by_session_and_coord
    return any(number in kept.get(visit, {}).values() for visit in passes.visits_of(token))
