"""`drover up`: the whole house on one machine, each tier a process of its own that can be killed and started alone."""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drover import broker, ports
from drover import site as sites
from drover.datadir import DataDir
from drover.readiness import broker_answers, http_ready, robots_ready
from drover.supervisor import ProcessSpec, Supervisor
from fleet.contracts.errors import FleetError, InvalidInput, Transient
from fleet.contracts.resources import Kind
from fleet_io.mqtt import MqttSettings

HOST = "127.0.0.1"
WEB_DIST = Path(__file__).resolve().parent.parent / "cloud" / "web" / "dist"
APPLY_TIMEOUT_S = 30.0
EXTERNAL_BROKER_WITHIN_S = 10.0
#: Loading the language model takes a while on a slow machine; nothing else waits for it.
PLANNER_WITHIN_S = 300.0


@dataclass(frozen=True)
class UpOptions:
    """`cloud_broker`, `edge_broker`: URL of a broker that runs already; "" starts the embedded one."""

    site: str
    data: Path
    port: int = 8080
    edge_port: int = 8081
    planner_port: int = 8082
    cloud_broker_port: int = 18831
    edge_broker_port: int = 18832
    demo: bool = False
    speed: float = 1.0
    robot_process_each: bool = False
    planner: bool = True
    model: str = "embedded"
    cloud_broker: str = ""
    edge_broker: str = ""
    open_page: bool = False

    def ports(self) -> list[tuple[int, str]]:
        wanted = [(self.port, "--port"), (self.edge_port, "--edge-port")]
        if self.planner:
            wanted.append((self.planner_port, "--planner-port"))
        if not self.cloud_broker:
            wanted.append((self.cloud_broker_port, "--cloud-broker-port"))
        if not self.edge_broker:
            wanted.append((self.edge_broker_port, "--edge-broker-port"))
        return wanted


def run(options: UpOptions, say: Callable[[str], None]) -> int:
    """Blocks until Ctrl-C or SIGTERM. The exit code: 0, or 1 when something was given up. Raises FleetError."""
    data = DataDir(options.data)
    data.prepare()
    with data.lock():
        site = sites.load(options.site)
        data.claim_for(site.name)
        _check_ports(options)
        return asyncio.run(House(options, site, data, say).live())


class House:
    """One `drover up`, from the first process to the last one's end."""

    def __init__(self, options: UpOptions, site: sites.Site, data: DataDir, say: Callable[[str], None]) -> None:
        self._options = options
        self._site = site
        self._data = data
        self._say = say
        self._token = data.token()
        self._robots, _ = sites.virtual_robots(site)
        self._supervisor = Supervisor(data, say)
        self._cloud_broker = options.cloud_broker or f"mqtt://{HOST}:{options.cloud_broker_port}"
        self._edge_broker = options.edge_broker or f"mqtt://{HOST}:{options.edge_broker_port}"
        self._url = f"http://{HOST}:{options.port}"

    async def live(self) -> int:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._asked_to_stop, stop)
        self._say(f"Drover: site {self._site.name}, {len(self._robots)} robots, data in {self._data.root}")
        starting = asyncio.create_task(self._start())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()  # its error, if it failed
                await stop.wait()
        finally:
            starting.cancel()
            stopping.cancel()
            self._say("Stopping (Ctrl-C again kills at once)")
            await self._supervisor.stop_all()
        return 1 if self._supervisor.failed else 0

    def _asked_to_stop(self, stop: asyncio.Event) -> None:
        if stop.is_set():
            self._supervisor.kill_all()
        stop.set()

    async def _start(self) -> None:
        began = time.monotonic()
        await self._start_brokers()
        planner = self._supervisor.begin(self._planner()) if self._options.planner else None
        await self._supervisor.start([self._cloud()])
        await self._apply_site()
        await self._supervisor.start([self._edge()])
        await self._supervisor.start(self._robot_processes())
        if self._options.demo:
            await self._supervisor.start([self._load()])
        self._announce(time.monotonic() - began, loading=planner is not None and not planner.was_ready.is_set())

    def _announce(self, seconds: float, *, loading: bool) -> None:
        page = f"{self._url}/#token={self._token}"
        self._say(f"\nUp after {seconds:.1f} s. The page:\n\n    {page}\n")
        if loading:
            self._say("The language model is still loading: typed sentences wait for it, everything else works already.")
        if not (WEB_DIST / "index.html").is_file():
            self._say("The page has not been built: `make web` builds it. The API works without it.")
        self._say(f'Try: drover command "{self._site.example()}" --wait     Ctrl-C stops all.')
        if self._options.open_page:
            import webbrowser

            webbrowser.open(page)

    # ---- the children -----------------------------------------------------------------------------------------------

    async def _start_brokers(self) -> None:
        own: list[ProcessSpec] = []
        for name, url, port in (
            ("broker-cloud", self._options.cloud_broker, self._options.cloud_broker_port),
            ("broker-edge", self._options.edge_broker, self._options.edge_broker_port),
        ):
            if url:
                await self._require_broker(url, name)
            else:
                own.append(self._broker(name, port))
        await self._supervisor.start(own)

    async def _require_broker(self, url: str, name: str) -> None:
        try:
            await asyncio.wait_for(broker_answers(MqttSettings.parse(url)), EXTERNAL_BROKER_WITHIN_S)
        except TimeoutError:
            option = "--cloud-broker" if name == "broker-cloud" else "--edge-broker"
            raise Transient(
                f"no MQTT broker lets us in at {url}", field=option, fix="start it, check user and password"
            ) from None
        self._say(f"  {name:<14} {url} answers")

    def _broker(self, name: str, port: int) -> ProcessSpec:
        config = broker.BrokerConfig(name, self._data.folder(name), host=HOST, port=port)
        return ProcessSpec(
            name, tuple(broker.command(config)), lambda pid: broker.wait_ready(config, pid), stage=0, ready_within_s=20
        )

    def _planner(self) -> ProcessSpec:
        port = self._options.planner_port
        argv = self._drover(
            "planner", "--port", port, "--data", self._data.folder("planner"), "--model", self._options.model,
            "--token-file", self._data.token_file,
        )  # fmt: skip
        url = f"http://{HOST}:{port}/healthz"
        return ProcessSpec(
            "planner", argv, lambda _: http_ready(url, wanted=lambda body: body.get("status") == "ready"),
            stage=1, ready_within_s=PLANNER_WITHIN_S,
        )  # fmt: skip

    def _cloud(self) -> ProcessSpec:
        argv = self._drover(
            "cloud", "--site", self._site.name, "--port", self._options.port, "--data", self._data.folder("cloud"),
            "--token-file", self._data.token_file, "--broker", self._cloud_broker,
            "--planner-url", f"http://{HOST}:{self._options.planner_port}",
        )  # fmt: skip
        return ProcessSpec("cloud", argv, lambda _: http_ready(f"{self._url}/healthz"), stage=2)

    def _edge(self) -> ProcessSpec:
        port = self._options.edge_port
        argv = self._drover(
            "edge", "--site", self._site.name, "--name", self._site.edge, "--port", port, "--data", self._data.folder("edge"),
            "--token-file", self._data.token_file, "--cloud-broker", self._cloud_broker, "--robot-broker", self._edge_broker,
            *(("--planner-url", f"http://{HOST}:{self._options.planner_port}") if self._options.planner else ()),
        )  # fmt: skip
        return ProcessSpec("edge", argv, lambda _: http_ready(f"http://{HOST}:{port}/healthz"), stage=3)

    def _robot_processes(self) -> list[ProcessSpec]:
        if not self._options.robot_process_each:
            return [self._robots_process("robots", [])]
        return [self._robots_process(f"robot-{r.name.replace(' ', '-')}", [r.name]) for r in self._robots]

    def _robots_process(self, name: str, only: list[str]) -> ProcessSpec:
        argv = self._drover(
            "robots", "--site", self._options.site, "--data", self._data.folder("robots"), "--broker", self._edge_broker,
            "--speed", self._options.speed, *(word for robot in only for word in ("--robot", robot)),
        )  # fmt: skip
        settings = MqttSettings.parse(self._edge_broker)
        played = tuple(r for r in self._robots if not only or r.name in only)
        return ProcessSpec(name, argv, lambda _: robots_ready(settings, played), stage=4)

    def _load(self) -> ProcessSpec:
        argv = self._drover("load", "--api", self._url, "--token-file", self._data.token_file)
        return ProcessSpec("load", argv, lambda _: asyncio.sleep(0.5), stage=5)

    def _drover(self, *words: Any) -> tuple[str, ...]:
        return (sys.executable, "-m", "drover", *(str(word) for word in words))

    # ---- the site's manifests ---------------------------------------------------------------------------------------

    async def _apply_site(self) -> None:
        """Once, and again when the manifests have changed: what operators changed since then is theirs."""
        body = json.dumps({"documents": [self._here(d) for d in self._site.documents]}, sort_keys=True)
        digest = hashlib.sha256(body.encode()).hexdigest()
        stamp = self._data.root / "applied"
        if stamp.exists() and stamp.read_text().strip() == digest:
            return
        import httpx

        from drover.client import problem_of

        async with httpx.AsyncClient(timeout=APPLY_TIMEOUT_S, trust_env=False) as client:
            try:
                answer = await client.post(
                    f"{self._url}/api/v1/apply",
                    content=body,
                    headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
                )
            except httpx.HTTPError as error:
                raise Transient(f"the cloud did not take the site's manifests: {error!r}", fix="see its log") from None
        if answer.status_code >= 400:
            raise problem_of(answer)
        stamp.write_text(digest + "\n")
        kinds = {kind.value: len(self._site.of(kind)) for kind in Kind}
        self._say("  site           applied " + ", ".join(f"{n} {kind}" for kind, n in kinds.items() if n))

    def _here(self, document: dict[str, Any]) -> dict[str, Any]:
        """What depends on this run: an EdgeNode's port, and the speed of robots whose time runs faster."""
        if document["kind"] == Kind.ROBOT_MODEL:
            return sites.in_real_time(document, self._options.speed)
        if document["kind"] != Kind.EDGE_NODE:
            return document
        return {**document, "spec": {**document.get("spec", {}), "api_url": f"http://{HOST}:{self._options.edge_port}"}}


def _check_ports(options: UpOptions) -> None:
    wanted = options.ports()
    seen: dict[int, str] = {}
    for port, option in wanted:
        if port in seen:
            raise InvalidInput(
                f"port {port} is asked for twice", field=option, fix=f"give {option} and {seen[port]} different ports"
            )
        seen[port] = option
    problems: list[FleetError] = []
    for port, option in wanted:
        try:
            ports.require_free(port, option=option)
        except FleetError as error:
            problems.append(error)
    if problems:
        raise problems[0]
