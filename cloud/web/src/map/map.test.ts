import { expect, test } from "vitest";
import type { Layout } from "../api/types";
import { Motion } from "../feed/motion";
import { hitTest } from "./hit";
import { around, Labels } from "./labels";
import { wayOf } from "./paths";
import { closedAreas, levelsOf, type Level } from "./scene";
import { fitTo, panBy, screenX, screenY, worldX, worldY, zoomAt, type View } from "./view";

const VIEW: View = { scale: 10, cx: 5, cy: 5, width: 400, height: 300 };

const LAYOUT: Layout = {
  kind: "Layout",
  metadata: { name: "site" },
  spec: {
    lif: {
      layouts: [
        {
          layoutLevelId: "0",
          nodes: [
            { nodeId: "a", mapId: "m", nodePosition: { x: 0, y: 0 } },
            { nodeId: "b", mapId: "m", nodePosition: { x: 10, y: 0 } },
            { nodeId: "c", mapId: "m", nodePosition: { x: 10, y: 10 } },
          ],
          edges: [
            { edgeId: "1", startNodeId: "a", endNodeId: "b" },
            { edgeId: "2", startNodeId: "b", endNodeId: "a" },
            { edgeId: "3", startNodeId: "b", endNodeId: "c" },
            { edgeId: "4", startNodeId: "b", endNodeId: "nowhere" },
          ],
          stations: [
            { stationId: "s1", interactionNodeIds: ["a"], stationPosition: { x: -2, y: 0 } },
            { stationId: "s2", interactionNodeIds: ["c"], stationName: "Chute", stationPosition: null },
            { stationId: "s3", interactionNodeIds: ["gone"] },
          ],
        },
      ],
    },
    places: [{ name: "Dock 1", station: "s1", kind: "dock", area: "Inbound" }],
  },
};
const LEVEL = levelsOf(LAYOUT)[0] as Level;

test("metres to pixels and back", () => {
  expect(screenX(VIEW, 5)).toBe(200);
  expect(screenY(VIEW, 6)).toBe(140);
  expect(worldX(VIEW, screenX(VIEW, 3.3))).toBeCloseTo(3.3);
  expect(worldY(VIEW, screenY(VIEW, -7))).toBeCloseTo(-7);
});

test("zooming keeps the point under the pointer", () => {
  const zoomed = zoomAt(VIEW, 2, 37, 210);
  expect(worldX(zoomed, 37)).toBeCloseTo(worldX(VIEW, 37));
  expect(worldY(zoomed, 210)).toBeCloseTo(worldY(VIEW, 210));
  expect(zoomAt(VIEW, 1e9, 0, 0).scale).toBe(160);
});

test("panning moves the site with the pointer", () => {
  expect(screenX(panBy(VIEW, 30, 0), 5)).toBeCloseTo(230);
  expect(screenY(panBy(VIEW, 0, 30), 5)).toBeCloseTo(180);
});

test("fit shows all of the site", () => {
  const view = fitTo({ x0: -10, y0: 0, x1: 50, y1: 20 }, 640, 300, 20);
  expect(screenX(view, -10)).toBeGreaterThanOrEqual(20 - 1e-9);
  expect(screenX(view, 50)).toBeLessThanOrEqual(620 + 1e-9);
  expect(screenY(view, 20)).toBeGreaterThanOrEqual(20 - 1e-9);
  const tall = { x0: 0, y0: 0, x1: 5, y1: 40 };
  const under = fitTo(tall, 640, 300, 20, 30);
  expect(screenY(under, 40)).toBeCloseTo(50);
  expect(screenY(under, 0)).toBeCloseTo(280);
});

test("lanes are one-way only where no edge leads back, and edges to nowhere are left out", () => {
  expect(LEVEL.lanes.map((lane) => [lane.ends.join(">"), lane.oneWay])).toEqual([
    ["a>b", false],
    ["b>c", true],
  ]);
});

test("stations carry their place's name, stand on their node when they have no position, or are left out", () => {
  expect(LEVEL.stations.map((station) => [station.name, station.x, station.y])).toEqual([
    ["Dock 1", -2, 0],
    ["Chute", 10, 10],
  ]);
  expect(LEVEL.placeOf.get("a")).toBe("Dock 1");
});

test("a layout without anything to draw gives no level", () => {
  expect(levelsOf({ ...LAYOUT, spec: { lif: {} } })).toEqual([]);
  expect(levelsOf({ ...LAYOUT, spec: { lif: { layouts: [{}] } } })).toEqual([]);
});

test("closures shut the nodes that the edge lists, or those of their targets", () => {
  const closure = (targets: string[], status = {}, until_at: number | null = null) => ({
    kind: "Closure",
    metadata: { name: "x" },
    spec: { targets, until_at },
    status,
  });
  expect(closedAreas([closure([], { nodes: ["b", "alien"] })], LEVEL, 0)[0]?.nodes).toEqual(["b"]);
  expect(closedAreas([closure(["Dock 1"])], LEVEL, 0)[0]?.nodes).toEqual(["a"]);
  expect(closedAreas([closure(["Inbound", "c"])], LEVEL, 0)[0]?.nodes).toEqual(["a", "c"]);
  expect(closedAreas([closure(["c"], {}, 50)], LEVEL, 60)).toEqual([]);
});

test("a click takes the nearest robot within reach, else the station", () => {
  const motion = new Motion();
  motion.seed("R1", { x_m: 5, y_m: 5, theta_rad: 0 }, "idle", false);
  motion.seed("R2", { x_m: 6, y_m: 5, theta_rad: 0 }, "idle", false);
  const hit = (x: number, y: number, shown = () => true) => hitTest(VIEW, motion, LEVEL.stations, x, y, 0, 12, shown);
  expect(hit(203, 150)).toEqual({ kind: "robot", name: "R1" });
  expect(hit(208, 150)).toEqual({ kind: "robot", name: "R2" });
  expect(hit(208, 150, () => false)).toBeNull();
  expect(hit(screenX(VIEW, 10), screenY(VIEW, 10))).toMatchObject({ kind: "station", station: { name: "Chute" } });
  expect(hit(10, 10)).toBeNull();
});

test("a way is solid as far as it is released and dashed from there", () => {
  const way = wayOf(["a", "b", "c"], 2, LEVEL.nodes, { x: 4, y: 0 });
  expect(way.base).toEqual([{ x: 4, y: 0 }, { x: 10, y: 0 }]);
  expect(way.horizon).toEqual([{ x: 10, y: 0 }, { x: 10, y: 10 }]);
  expect(wayOf(["a"], 1, LEVEL.nodes, { x: 0, y: 0 }).horizon).toEqual([]);
});

test("labels take the first free spot, keep clear of others where they can, and yield where none is left", () => {
  const labels = new Labels([{ x: 90, y: 65, width: 30, height: 25 }]);
  const spots = around(100, 100, 20, 10, 10);
  expect(labels.place(spots)).toBe(1); // above stands one of the site's names
  expect(labels.place(spots)).toBe(2);
  expect(labels.place(spots)).toBe(3);
  expect(labels.place(spots)).toBe(0); // better over a name than not at all
  expect(labels.place(spots)).toBe(-1);
});
