"""Doors and lifts on robots' ways: asked for while traffic wants them, waited for, and let go after (docs/devices.md).

A door or lift that is silent, refuses, or is held by somebody else counts as closed: nobody is released through it, robots go
round it or wait, and an event says why. Robots that are in it already keep it wanted, so it is renewed until they are out.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_node.core.context import Context
from edge_node.core.effects import Publish
from fleet.contracts import codec
from fleet.contracts.device import DeviceAction, DeviceKind, DeviceRequest, DeviceState
from fleet.contracts.errors import InvalidInput
from fleet.contracts.topics import device_topic
from fleet.layout.graph import Gate

#: Topics of devices begin so.
PREFIX = "drover/"
#: A request is valid for so long, is renewed so long before its end, and one that is not yet obeyed is sent again, seconds.
VALID_S = 30.0
RENEW_S = 10.0
AGAIN_S = 3.0
#: A device says how it stands every 30 s at least; after this it is silent, seconds.
SILENT_S = 75.0
OPEN = "open"


@dataclass(slots=True)
class _Device:
    state: DeviceState | None = None
    heard_at: float = float("-inf")
    asked: str = ""  # the action and target that it was asked for last
    asked_at: float = float("-inf")
    told: str = ""  # the complaint that was made last


class Gates:
    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._devices: dict[str, _Device] = {}
        self._count = 0

    @property
    def topics(self) -> list[tuple[str, int]]:
        """What to subscribe to: nothing where the layout has no door and no lift."""
        site = self._ctx.site
        return [(f"drover/v1/{self._ctx.site_name}/device/+/state", 1)] if site is not None and site.graph.gates else []

    def heard(self, topic: str, payload: bytes, now: float) -> None:
        """A device's state. Bad ones become events and counters."""
        name = topic.split("/")[4] if topic.count("/") == 5 and topic.endswith("/state") else ""
        targets = self._targets().get(name)
        if targets is None:
            return
        try:
            state = codec.decode(payload, DeviceState, bytes_max=codec.ROBOT_PAYLOAD_BYTES_MAX)
        except InvalidInput as error:
            self._ctx.bad_message(topic, error, now)
            return
        device = self._devices.setdefault(name, _Device())
        device.state, device.heard_at = state, now
        self._show(name, device, targets, now)

    def tick(self, now: float) -> None:
        """Once or twice a second: ask for what is wanted, let go what is not."""
        traffic, known = self._ctx.traffic, self._targets()
        if traffic is None or not known:
            return
        wanted = traffic.gates_wanted()
        for name, targets in known.items():
            device = self._devices.setdefault(name, _Device())
            self._show(name, device, targets, now)
            want = wanted.get(name, ())
            if want:
                self._want(name, device, want[0], now)
            else:
                device.told = ""
                self._let_go(name, device, now)

    def _targets(self) -> dict[str, set[str]]:
        """Device -> targets, as the layout names them."""
        found: dict[str, set[str]] = {}
        for gate in self._ctx.site.graph.gates.values() if self._ctx.site is not None else ():
            found.setdefault(gate.device, set()).add(gate.target)
        return found

    # ---- what traffic is told ----

    def _show(self, name: str, device: _Device, targets: set[str], now: float) -> None:
        assert self._ctx.traffic is not None
        for target in sorted(targets):
            if device.state is None:
                continue  # never heard: as the layout says
            self._ctx.traffic.gate(name, target, self._is_open(device, target, now))

    def _is_open(self, device: _Device, target: str, now: float) -> bool:
        """It says so, we hold it (or nobody does), and its word is fresh."""
        state = device.state
        if state is None or not state.online or state.moving or state.error or now - device.heard_at > SILENT_S:
            return False
        if state.held_by not in ("", self._ctx.edge):
            return False
        rest = any(g.open_at_rest for g in self._gates_of(state.name))
        ours = state.held_by == self._ctx.edge and state.left_s - (now - device.heard_at) > 0.0
        return state.position == (f"{target} {OPEN}" if target else OPEN) and (ours or rest)

    def _gates_of(self, name: str) -> list[Gate]:
        assert self._ctx.site is not None
        return [g for g in self._ctx.site.graph.gates.values() if g.device == name]

    # ---- what devices are asked ----

    def _want(self, name: str, device: _Device, target: str, now: float) -> None:
        self._complain(name, device, now)
        action = self._next(device.state, target)
        asked = f"{action} {target}"
        obeyed = self._is_open(device, target, now)
        every_s = RENEW_S if obeyed or (device.state is not None and device.state.moving) else AGAIN_S
        if asked != device.asked or now - device.asked_at >= every_s:
            self._send(name, device, action, target, now)

    def _next(self, state: DeviceState | None, target: str) -> DeviceAction:
        """A door opens; a lift comes with its doors closed, then opens."""
        if not target or state is None or state.kind is not DeviceKind.LIFT:
            return DeviceAction.OPEN
        if state.position in (target, f"{target} {OPEN}"):
            return DeviceAction.OPEN
        return DeviceAction.CLOSE if state.position.endswith(f" {OPEN}") else DeviceAction.START

    def _let_go(self, name: str, device: _Device, now: float) -> None:
        held = device.state is not None and device.state.held_by == self._ctx.edge
        if held and (not device.asked.startswith(DeviceAction.RELEASE) or now - device.asked_at >= AGAIN_S):
            self._send(name, device, DeviceAction.RELEASE, "", now)

    def _send(self, name: str, device: _Device, action: DeviceAction, target: str, now: float) -> None:
        self._count += 1
        device.asked, device.asked_at = f"{action} {target}", now
        request = DeviceRequest(
            id=f"{self._ctx.edge}-{self._ctx.session}-{self._count}",
            action=action,
            holder=self._ctx.edge,
            target=target if action is DeviceAction.START else "",
            valid_for_s=VALID_S,
        )
        topic = device_topic(self._ctx.site_name, name, "request")
        self._ctx.effects.append(Publish(topic, codec.encode(request), qos=1))

    def _complain(self, name: str, device: _Device, now: float) -> None:
        """Why robots wait at it: said once for each reason."""
        state = device.state
        if state is None or not state.online or now - device.heard_at > SILENT_S:
            why = "says nothing"
        elif state.error:
            why = f"reports: {state.error}"
        elif state.held_by not in ("", self._ctx.edge):
            why = f"is held by {state.held_by}"
        elif state.answer is not None and not state.answer.accepted:
            why = f"refuses: {state.answer.reason}"
        else:
            device.told = ""
            return
        if why == device.told or now - device.asked_at < AGAIN_S - 0.5:
            return
        device.told = why
        self._ctx.event(
            "warning", "GateClosed", f"EdgeNode/{self._ctx.edge}", f"{name} {why[:300]}; it counts as closed", now, "look at it"
        )
