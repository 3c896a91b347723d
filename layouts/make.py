"""Writes the shipped sites: `python layouts/make.py` draws layouts/<site>/layout.lif.json and site.yaml, the same each time.

`python layouts/make.py warehouse 200 FOLDER` draws a warehouse of the size that 200 robots need (hospital likewise).
"""

from __future__ import annotations

import sys
from pathlib import Path

from drover.floors import factory, hospital, warehouse

HERE = Path(__file__).parent

if __name__ == "__main__":
    if len(sys.argv) == 4:
        {"warehouse": warehouse, "hospital": hospital}[sys.argv[1]].draw(int(sys.argv[2])).write(Path(sys.argv[3]))
    else:
        folder = Path(sys.argv[1]) if len(sys.argv) == 2 else HERE
        warehouse.draw().write(folder / "warehouse")
        hospital.draw().write(folder / "hospital")
        factory.draw().write(folder / "factory")
