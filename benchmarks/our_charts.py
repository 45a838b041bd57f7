"""The charts of our overview as Plotly's JSON, for a plain page that shows the same.

``python -m benchmarks.our_charts FOLDER`` writes one file a chart and prints how many there are;
the database is the one that the environment names. Our own pages send still pictures of them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from unittest.mock import patch

import plotly.graph_objects as go
from streamlit.testing.v1 import AppTest

from dashboard import app, components, session, sign_in
from dashboard.charts.still import still


def kept(folder: Path) -> int:
    """How many charts the steering group's overview shows; each is written to the folder."""
    found: list[go.Figure] = []

    def keep(figure: go.Figure, alt: str) -> str:
        found.append(figure)
        return still(figure, alt)

    sign_in.use(sign_in.Mode.PERSONAS)
    at = AppTest.from_file(app.__file__, default_timeout=120)
    at.query_params["persona"], at.query_params["lang"] = "steering", "en"
    with patch.object(components, "still", keep), patch.object(session, "token", lambda: None):
        at.run()
    if at.exception:
        raise RuntimeError(f"the overview failed: {at.exception[0].message}")
    for number, figure in enumerate(found):
        (folder / f"chart{number:02}.json").write_text(figure.to_json(), encoding="utf-8")
    return len(found)


if __name__ == "__main__":
    print(kept(Path(sys.argv[1])))
