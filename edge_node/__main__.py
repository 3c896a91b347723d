"""`python -m edge_node`: one edge node, configured by arguments."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

from edge_node.app import run
from edge_node.config import EdgeConfig
from fleet.contracts.errors import InvalidInput
from fleet_io.mqtt import MqttSettings


def main() -> int:
    parser = argparse.ArgumentParser(prog="edge_node", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that keeps this edge node's memory")
    parser.add_argument("--site", required=True)
    parser.add_argument("--name", required=True, help="name of the EdgeNode resource that this process is")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--cloud-broker", default="mqtt://127.0.0.1:18831")
    parser.add_argument("--robot-broker", default="mqtt://127.0.0.1:18832")
    parser.add_argument("--planner-url", default="", help="language planner for sentences at the site itself")
    parser.add_argument("--web", type=Path, default=None, help="folder of the built page")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    token = os.environ.get("DROVER_TOKEN", "")
    try:
        if not token:
            raise InvalidInput("not set", field="DROVER_TOKEN", fix="export a bearer token for the API")
        config = EdgeConfig(
            data_dir=args.data,
            site=args.site,
            name=args.name,
            host=args.host,
            port=args.port,
            token=token,
            cloud_broker=MqttSettings.parse(args.cloud_broker),
            robot_broker=MqttSettings.parse(args.robot_broker),
            planner_url=args.planner_url,
            web_dir=args.web,
        )
    except InvalidInput as error:
        logging.getLogger("drover.edge").error("%s", error)
        return 2
    return run(config)


if __name__ == "__main__":
    sys.exit(main())
