"""The traffic forecast at the edge: told what robots do, asked for travel times and ETAs, kept over restarts."""

from __future__ import annotations

from edge_node.core.context import Context
from edge_node.core.messages import horizon_edges
from fleet.layout.graph import SiteEdge
from fleet.planning.prediction.site import SiteForecast
from fleet.planning.travel import TravelTimes

#: Name of the durable value, and how often it is written at most, seconds.
VALUE = "forecast"
STORE_S = 600.0
#: The planner's travel times follow the forecast this often, seconds: each time its rows are searched anew.
TRAVEL_S = 60.0
#: Ways further than this are not told as plans, edges.
WAY_MAX = 400


class Forecasts:
    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._stored_at = self._travel_at = float("-inf")
        self._said: dict[str, float] = {}
        self._made: TravelTimes | None = None
        self._model = "none"

    def tick(self, now: float) -> None:
        """Once in SLOW_S."""
        ctx = self._ctx
        if ctx.site is None or ctx.traffic is None:
            return
        if ctx.forecast is None or ctx.forecast.graph is not ctx.graph:
            ctx.forecast = SiteForecast(ctx.graph)
            ctx.forecast.restore(ctx.values.get(VALUE, "{}"))
            self._stored_at, self._said = now, {}
        for unit in ctx.units.values():
            leg = unit.leg if unit.placed else None
            speed_mps = min(unit.model.speed_mps_max, unit.speed_limit_mps or unit.model.speed_mps_max)
            ctx.forecast.follow(unit.name, leg.order_id if leg else None, unit.node, now, speed_mps)
        if ctx.forecast.step(now):
            ctx.forecast.plan(((u.name, self._way(u.name)) for u in ctx.units.values() if u.leg is not None and u.placed), now)
            self._renew_travel(now)
            self._tell(now)
            if now - self._stored_at >= STORE_S:
                self._stored_at = now
                ctx.put_value(VALUE, ctx.forecast.store())

    def _tell(self, now: float) -> None:
        """An event when another model has come into service, with what it was taken for."""
        assert self._ctx.forecast is not None
        summary = self._ctx.forecast.summary()
        if summary["model"] != self._model:
            self._model = summary["model"]
            message = f"traffic forecast: model {summary['model']}, levels {summary['levels']}; {summary['shadow']}"
            self._ctx.event("info", "ForecastModel", f"EdgeNode/{self._ctx.edge}", message[:300], now)

    def _way(self, robot: str) -> list[SiteEdge]:
        assert self._ctx.traffic is not None
        nodes = self._ctx.traffic.route(robot).nodes[:WAY_MAX]
        return horizon_edges(nodes[0], nodes[1:], self._ctx.graph) if nodes else []

    def _renew_travel(self, now: float) -> None:
        ctx = self._ctx
        assert ctx.forecast is not None
        assert ctx.site is not None
        if now - self._travel_at < TRAVEL_S:
            return
        self._travel_at = now
        said = ctx.forecast.delays_s()
        if said != self._said or (said and ctx.travel is not self._made):  # another's: closures have changed
            self._said = said
            ctx.travel = self._made = TravelTimes(ctx.graph, blocked=ctx.blocked(), delay_s=said)
