"""`python -m cloud`: the cloud alone, configured by environment variables; `drover cloud` is the friendlier door."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from cloud.app import run
from cloud.config import CloudConfig
from fleet.contracts.errors import InvalidInput
from fleet_io.mqtt import MqttSettings


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    env = os.environ
    if not env.get("DROVER_TOKEN"):
        logging.error("DROVER_TOKEN: missing (set it to the bearer token that callers must bring)")
        return 2
    try:
        config = CloudConfig(
            data_dir=Path(env.get("DROVER_DATA", "data/cloud")),
            site=env.get("DROVER_SITE", "demo"),
            host=env.get("DROVER_HOST", "127.0.0.1"),
            port=int(env.get("DROVER_PORT", "8080")),
            token=env["DROVER_TOKEN"],
            database_url=env.get("DROVER_DATABASE_URL", ""),
            broker=MqttSettings.parse(env.get("DROVER_BROKER", "mqtt://127.0.0.1:18831")),
            planner_url=env.get("DROVER_PLANNER_URL", "http://127.0.0.1:8082"),
            web_dir=Path(env["DROVER_WEB_DIR"]) if env.get("DROVER_WEB_DIR") else None,
        )
    except (InvalidInput, ValueError) as error:
        logging.error("%s", error)
        return 2
    return run(config)


if __name__ == "__main__":
    sys.exit(main())
