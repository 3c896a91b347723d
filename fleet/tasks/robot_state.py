"""What a robot's reported state means for work: where it stands, whether it can take something, and why not."""

from __future__ import annotations

from fleet.contracts.resources import Phase
from fleet.tasks.site import Site, SiteRobot, TaskResource

#: Phases in which a robot has a task in hand.
IN_HAND = frozenset({Phase.RUNNING, Phase.PAUSED, Phase.CANCELLING})
#: Charging robots work again this much above the low mark, in percent, so that they do not go to and fro.
CHARGED_ENOUGH_PCT = 15.0


def tasks_in_hand(site: Site) -> dict[str, TaskResource]:
    """Robot -> the task that it has begun."""
    return {t.status.robot: t for t in site.tasks.values() if t.status.phase in IN_HAND and t.status.robot in site.robots}


def why_absent(robot: SiteRobot, site: Site) -> str:
    """Why the robot can take nothing now, in words; "" when it can."""
    status = robot.status
    if not robot.spec.enabled:
        return "out of service"
    if (held := site.inhibited(robot.name)) is not None:
        return "out of service" + (f": {held.reason}" if held.reason else "")
    if status.connection != "ONLINE":
        return "offline"
    if status.operating_mode not in ("", "AUTOMATIC"):
        return f"in {status.operating_mode.lower()} mode"
    if status.e_stop not in ("", "NONE"):
        return "emergency stop is pressed"
    fatal = [e for e in status.errors if e.level.upper() in ("FATAL", "CRITICAL", "URGENT")]
    if fatal:
        return f"in error: {fatal[0].description or fatal[0].error_type}"
    if not standing_node(robot, site):
        return "its position is not known"
    return ""


def is_low(robot: SiteRobot) -> bool:
    """Whether the battery allows nothing but charging."""
    if robot.status.battery_pct is None:
        return False
    margin = CHARGED_ENOUGH_PCT if robot.status.charging else 0.0
    return robot.status.battery_pct < robot.model.battery_low_pct + margin


def standing_node(robot: SiteRobot, site: Site) -> str:
    """The robot's last node, else the node nearest to its pose, else ""."""
    if robot.status.last_node in site.graph.nodes:
        return robot.status.last_node
    pose = robot.status.pose
    return "" if pose is None else site.graph.nearest_node(pose.x_m, pose.y_m, map_id=pose.map_id or None)[0]
