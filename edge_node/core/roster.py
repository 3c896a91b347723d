"""Layout, models, robots and closures as the core works with them: site graph, traffic, one Unit a robot."""

from __future__ import annotations

from edge_node.core.context import Context
from edge_node.core.leg import Leg
from edge_node.core.unit import Unit
from fleet.contracts.errors import Conflict, FleetError, NotFound
from fleet.contracts.resources import AnyResource, Kind, RobotModelSpec, RobotSpec, RobotStatus
from fleet.contracts.values import check_values
from fleet.layout.site import site_graph
from fleet.planning.travel import TravelTimes
from fleet.tasks.site import Site


class Roster:
    """`epoch` rises when rows of the telemetry change."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self.epoch = 0
        self._closed: frozenset[str] = frozenset()
        self._blocked: frozenset[str] = frozenset()

    def check(self, resource: AnyResource) -> None:
        """Refuse what could not be worked with. Raises InvalidInput, Conflict."""
        if resource.kind is Kind.LAYOUT:
            self.check_layout(resource)
        elif resource.kind in (Kind.ROBOT, Kind.ROBOT_MODEL):
            check_values(resource.spec)

    def check_layout(self, resource: AnyResource) -> None:
        """It can be read, and every lane that a robot is driving is still there. Raises InvalidInput, Conflict."""
        graph = site_graph(resource.spec).graph
        used, old = self._ctx.site, self._ctx.resources[Kind.LAYOUT].get(resource.metadata.name)
        if used is None or old is None or old.spec != used.layout:
            return
        for unit in self._ctx.units.values():
            leg = unit.leg
            if leg is None or not leg.nodes:
                continue
            gone = [n for n in (*leg.nodes[leg.passed :], leg.goal) if n not in graph.nodes]
            gone += [e for e in leg.edges[leg.passed :] if e not in graph.edges]
            if gone:
                fix = "keep what robots drive on, or let them finish"
                raise Conflict(f"{unit.name} is under way over {gone[0]}", field="spec.lif", fix=fix)

    # ---- layout ----

    def rebuild(self, now: float) -> None:
        """After a change of EdgeNode, Layout, RobotModel or Robot."""
        try:
            site = Site.build(self._ctx.site_name, self._ctx.all_resources(), now, previous=self._ctx.site)
        except NotFound:
            self._units(now)
            return
        if self._ctx.site is None or site.graph is not self._ctx.site.graph:
            self._ctx.traffic = self._ctx.make_traffic(site.graph)
            self._ctx.traffic.hold_all(self._ctx.stopped)
            self._closed = frozenset()
            for unit in self._ctx.units.values():
                unit.known = unit.placed = unit.obstacle = unit.yields = False
        self._ctx.site = site
        self._renew_travel()
        self._units(now)
        self._close(now)

    def _renew_travel(self) -> None:
        self._blocked = self._ctx.blocked()
        self._ctx.travel = TravelTimes(self._ctx.graph, blocked=self._blocked)

    def reclose(self, now: float) -> None:
        """After a change of closures, or when one's time is over."""
        if self._ctx.site is not None:
            self._ctx.site = Site.build(self._ctx.site_name, self._ctx.all_resources(), now, previous=self._ctx.site)
            self._close(now)

    def tick(self, now: float) -> None:
        site = self._ctx.site
        if self._ctx.travel is not None and self._ctx.blocked() != self._blocked:
            self._renew_travel()
        ended = site is not None and any(
            c.status.active and c.spec.until_at is not None and c.spec.until_at <= now
            for c in self._ctx.resources[Kind.CLOSURE].values()
        )
        if ended:
            self.reclose(now)

    def _close(self, now: float) -> None:
        assert self._ctx.site is not None
        assert self._ctx.traffic is not None
        site = self._ctx.site
        if site.closed_nodes != self._closed:
            self._closed = site.closed_nodes
            self._ctx.traffic.close_nodes(site.closed_nodes, now)
            self._renew_travel()
        active = {c.metadata.name for c in site.open_closures}
        for name, closure in list(self._ctx.resources[Kind.CLOSURE].items()):
            nodes = tuple(sorted({n for target in closure.spec.targets for n in site.nodes_of(target)}))
            self._ctx.put_status(Kind.CLOSURE, name, active=name in active, nodes=nodes)

    # ---- robots ----

    def _units(self, now: float) -> None:
        """One Unit for each Robot whose model is there; those that are gone leave."""
        models = self._ctx.resources[Kind.ROBOT_MODEL]
        wanted = {
            name: (r, models[r.spec.model].spec)
            for name, r in sorted(self._ctx.resources[Kind.ROBOT].items())
            if r.spec.model in models
        }
        for name in [n for n in self._ctx.units if n not in wanted]:
            del self._ctx.units[name]
            if self._ctx.traffic is not None:
                self._ctx.traffic.remove_robot(name)
        for name, (resource, model) in wanted.items():
            unit = self._ctx.units.get(name)
            if unit is None:
                self._ctx.units[name] = self._new(name, resource.spec, model, resource.status)
            elif (unit.spec, unit.model) != (resource.spec, model):
                moved = unit.spec.home != resource.spec.home or unit.model != model
                unit.spec, unit.model, unit.status_dirty = resource.spec, model, True
                if moved and unit.leg is None:
                    unit.known = unit.placed = unit.yields = False
        self._ctx.units = dict(sorted(self._ctx.units.items()))
        self._ctx.by_key = {unit.key: name for name, unit in self._ctx.units.items()}
        self.epoch += 1
        self._into_traffic(now)

    def _new(self, name: str, spec: RobotSpec, model: RobotModelSpec, status: RobotStatus) -> Unit:
        values = self._ctx.values
        unit = Unit(
            name=name, spec=spec, model=model, version=model.dialect.version, status=status, stored=status, node=status.last_node
        )
        unit.pose, unit.pose_at = status.pose, status.reported_at
        unit.pause_ours = values.get(f"paused.{name}") == "1"
        unit.recalled = values.get(f"recalled.{name}") == "1"
        limit = values.get(f"speed.{name}", "")
        unit.speed_limit_mps = float(limit) if limit else None
        return unit

    def _into_traffic(self, now: float) -> None:
        """Every robot that traffic does not know yet; one that was seen before holds its last node until it is heard."""
        if self._ctx.traffic is None or self._ctx.site is None:
            return
        for unit in self._ctx.units.values():
            if unit.known:
                continue
            home = self._home(unit)
            if home is None:
                self._refuse(unit, "it has no home, and no parking is left", now)
                continue
            try:
                self._ctx.traffic.add_robot(
                    unit.name,
                    home=home,
                    length_m=unit.model.length_m,
                    width_m=unit.model.width_m,
                    speed_mps=unit.model.speed_mps_max,
                )
            except FleetError as error:
                self._refuse(unit, str(error), now)
                continue
            # traffic pushes idle robots aside unless told otherwise; whether this one can take an order is seen later (idle.py)
            self._ctx.traffic.set_yields(unit.name, False, now)
            unit.known, unit.home_node, unit.trouble, unit.yields = True, home, "", False
            if unit.node in self._ctx.graph.nodes:
                leg: Leg | None = unit.leg
                self.hold(unit, leg.here if leg is not None else unit.node, tuple(leg.ahead) if leg is not None else (), now)

    def _home(self, unit: Unit) -> str | None:
        place = self._ctx.graph.places.get(unit.spec.home)
        if place is not None and place.nodes:
            return place.nodes[0]
        if unit.spec.home in self._ctx.graph.nodes:
            return unit.spec.home
        assert self._ctx.traffic is not None
        return self._ctx.traffic.spare_home(length_m=unit.model.length_m, width_m=unit.model.width_m)

    def _refuse(self, unit: Unit, text: str, now: float) -> None:
        if unit.trouble != text:
            unit.trouble, unit.status_dirty = text, True
            self._ctx.event(
                "warning", "RobotNotPlaced", f"Robot/{unit.name}", f"{unit.name}: {text}", now, "give it a home of its own"
            )

    def hold(self, unit: Unit, node: str, ahead: tuple[str, ...], now: float) -> None:
        """Holdings from memory: from the journal, or where it was last."""
        if not unit.known or self._ctx.traffic is None:
            return
        self._ctx.traffic.place(unit.name, node, released=ahead, now=now)
        unit.node, unit.placed, unit.status_dirty = node, True, True
        standing = unit.state is None or unit.obstacle
        if standing:
            unit.obstacle = True
            self._ctx.traffic.set_obstacle(unit.name, True, now)
