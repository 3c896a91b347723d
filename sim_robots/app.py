"""Composition of the virtual robots: each its own agent, body, file and MQTT connection; one event loop for all."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
import zlib
from collections.abc import Callable, Sequence

from fleet.contracts.errors import InvalidInput
from robot_agent.agent import Agent
from robot_agent.core.config import AgentSettings, Identity
from robot_agent.core.executor import Executor
from sim_robots import faults as faulty
from sim_robots.adapter import VirtualAdapter
from sim_robots.config import RobotsConfig, VirtualRobot
from sim_robots.faults import Fault, FaultKind
from sim_robots.judge import Judge
from sim_robots.store import RobotFile
from sim_robots.world.body import Body
from sim_robots.world.work import ACTION_TYPES

log = logging.getLogger("drover.robots")

#: How often a moving robot's pose is written down, and a charging one's battery, in seconds.
SAVE_POSE_S = 0.5
SAVE_BATTERY_S = 10.0


class VirtualRobotRunner:
    """One virtual robot on the broker."""

    def __init__(self, robot: VirtualRobot, config: RobotsConfig, clock: Callable[[], float], faults: Sequence[Fault]) -> None:
        self.robot = robot
        self.body = make_body(robot, config, clock())
        self._file = RobotFile(config.data_dir, robot.name, self.body)
        self._adapter = VirtualAdapter(self.body, clock, config.speed_factor, self._file.log_fact)
        self._speed_factor = config.speed_factor
        self._faults = [f for f in faults if f.robot == robot.name]
        executor = Executor(identity_of(robot), settings_of(robot))
        executor.stand_on(robot.node_id)
        self.agent = Agent(executor, self._adapter, self._file, config.broker, time.time)

    async def run(self) -> None:
        helpers = [asyncio.create_task(self._write_pose()), asyncio.create_task(self._break_now_and_then())]
        try:
            await self.agent.run()
            self._file.save(self.agent.executor.snapshot())
        finally:
            for task in helpers:
                task.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            await self._adapter.close()

    async def _write_pose(self) -> None:
        saved_at = time.monotonic()
        while True:
            await asyncio.sleep(SAVE_POSE_S)
            due = time.monotonic() - saved_at >= SAVE_BATTERY_S
            if self.body.drive.motion is not None or (due and self.body.battery.charging):
                saved_at = time.monotonic()
                self._file.save(self.agent.executor.snapshot())

    async def _break_now_and_then(self) -> None:
        began = time.monotonic()
        for fault in self._faults:
            await asyncio.sleep(max(0.0, fault.at_s / self._speed_factor - (time.monotonic() - began)))
            log.info("%s: %s for %.0f s", self.robot.name, fault.kind, fault.duration_s)
            self._set(fault, broken=True)
            await asyncio.sleep(fault.duration_s / self._speed_factor)
            self._set(fault, broken=False)

    def catch_up(self) -> None:
        """Let the body live up to now."""
        self._adapter.catch_up()

    def _set(self, fault: Fault, *, broken: bool) -> None:
        if fault.kind is FaultKind.OFFLINE:
            self.agent.set_network(not broken)
        elif broken:
            self._adapter.fault(lambda body: faulty.begin(fault, body))
        else:
            self._adapter.fault(lambda body: faulty.end(fault, body))


def run(config: RobotsConfig, *, faults: Sequence[Fault] = ()) -> int:
    """Blocks until SIGINT or SIGTERM, then every robot says OFFLINE. Exit code 2: a robot's file can't be read."""
    code = 0
    try:
        asyncio.run(_run(config, faults))
    except* InvalidInput as group:
        for error in group.exceptions:
            log.error("%s", error)
        code = 2
    return code


async def _run(config: RobotsConfig, faults: Sequence[Fault]) -> None:
    config.data_dir.mkdir(parents=True, exist_ok=True)
    clock = world_clock(config.speed_factor)
    runners = [VirtualRobotRunner(robot, config, clock, faults) for robot in config.robots]
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for runner in runners:
            runner.agent.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    log.info("%d virtual robots at %s:%d", len(runners), config.broker.host, config.broker.port)
    judging = asyncio.create_task(_judge(runners, config).run())
    try:
        async with asyncio.TaskGroup() as group:
            for runner in runners:
                group.create_task(runner.run())
    finally:
        judging.cancel()
        await asyncio.gather(judging, return_exceptions=True)


def _judge(runners: Sequence[VirtualRobotRunner], config: RobotsConfig) -> Judge:
    def catch_up() -> None:
        for runner in runners:
            runner.catch_up()

    return Judge({runner.robot.name: runner.body for runner in runners}, catch_up, config.data_dir)


def world_clock(speed_factor: float) -> Callable[[], float]:
    """Simulated seconds: `speed_factor` for each real one, beginning at the real time."""
    began, real = time.time(), time.monotonic()
    return lambda: began + (time.monotonic() - real) * speed_factor


def make_body(robot: VirtualRobot, config: RobotsConfig, now_s: float) -> Body:
    return Body.standing(
        robot.model,
        robot.x_m,
        robot.y_m,
        robot.theta_rad,
        robot.map_id,
        node_id=robot.node_id,
        seed=config.seed ^ zlib.crc32(robot.name.encode()),
        now_s=now_s,
        chargers=config.chargers | ({robot.node_id} if robot.charger else frozenset()),
    )


def identity_of(robot: VirtualRobot) -> Identity:
    dialect = robot.model.dialect
    return Identity(robot.model.manufacturer, robot.serial_number, dialect.version, dialect.topic_prefix)


def settings_of(robot: VirtualRobot) -> AgentSettings:
    own = frozenset(template.action_type for template in robot.model.actions.values())
    return AgentSettings(action_types=ACTION_TYPES | own, model=robot.model)
