import { expect, test } from "vitest";
import type { Mission, Task } from "../api/types";
import { asActivity, lookOf, ACTIVITIES } from "./activity";
import { byName, distance, duration, percent } from "./format";
import { exampleOf } from "./example";
import { edgeView, missionRow, missionRows, robotRow, taskTitle } from "./views";
import { EMPTY } from "./world";

function task(name: string, spec: Task["spec"], status: Task["status"] = {}): Task {
  return { kind: "Task", metadata: { name }, spec, status };
}

test("a bare robot takes the contract's defaults", () => {
  const row = robotRow({ kind: "Robot", metadata: { name: "A" }, spec: {} }, EMPTY, new Map());
  expect(row).toMatchObject({ activity: "offline", battery_pct: null, loads: [], path: [], paused: false, place: "" });
});

test("a robot's node is told by the name of its place", () => {
  const robot = { kind: "Robot", metadata: { name: "A" }, spec: {}, status: { last_node: "n7" } };
  expect(robotRow(robot, EMPTY, new Map([["n7", "Dock 1"]])).place).toBe("Dock 1");
  expect(robotRow(robot, EMPTY, new Map()).place).toBe("n7");
});

test("tasks read as people say them", () => {
  expect(taskTitle(task("t", { action: "transport", item: "pallet", quantity: 2, from: "Dock 1", to: "P" }))).toBe("2 × pallet: Dock 1 → P");
  expect(taskTitle(task("t", { action: "goto", to: "Dock 1" }))).toBe("go to Dock 1");
  expect(taskTitle(task("t", { action: "patrol", stops: ["A", "B"] }))).toBe("patrol A, B");
  expect(taskTitle(task("t", {}))).toBe("");
});

test("a mission's progress counts finished tasks and the steps of running ones", () => {
  const mission: Mission = { kind: "Mission", metadata: { name: "m" }, spec: { title: "M", tasks: ["a", "b"] }, status: { phase: "running", tasks_total: 2, tasks_done: 1 } };
  const tasks = new Map([
    ["a", task("a", {}, { phase: "done", robot: "R1" })],
    ["b", task("b", { assignment: { robot: "R2" } }, { phase: "running", step: 1, steps: [{ place: "x" }, { place: "y" }], eta_at: 50 })],
  ]);
  const row = missionRow(mission, tasks);
  expect(row.progress).toBeCloseTo(0.75);
  expect(row.robots).toEqual(["R1", "R2"]);
  expect(row.eta_at).toBe(50);
});

test("a mission without anything is pending, not broken", () => {
  const row = missionRow({ kind: "Mission", metadata: { name: "m" }, spec: {} }, new Map());
  expect(row).toMatchObject({ title: "m", phase: "pending", progress: 0, ended: false, eta_at: null });
});

test("open missions come first in order of age, then the newest ended", () => {
  const mission = (name: string, phase: string, created_at: number): [string, Mission] => [
    name,
    { kind: "Mission", metadata: { name }, spec: { created_at }, status: { phase } },
  ];
  const world = { ...EMPTY, missions: new Map([mission("d1", "done", 1), mission("r2", "running", 5), mission("d2", "done", 2), mission("r1", "running", 3)]) };
  expect(missionRows(world, 9).map((row) => row.name)).toEqual(["r1", "r2", "d2", "d1"]);
  expect(missionRows(world, 1).map((row) => row.name)).toEqual(["r1", "r2", "d2"]);
});

test("an edge is away when it says so or when its feed grows old", () => {
  const edge = { kind: "EdgeNode", metadata: { name: "e" }, spec: {}, status: { link: "online" } };
  const world = (age: number) => ({ ...EMPTY, beat: { now_at: 0, feed_age_s: new Map([["e", age]]) } });
  expect(edgeView(edge, world(1), 0).away).toBe(false);
  expect(edgeView(edge, world(6), 0).away).toBe(true);
  expect(edgeView({ ...edge, status: { link: "offline" } }, world(1), 0).away).toBe(true);
  expect(edgeView({ ...edge, status: {} }, EMPTY, 0)).toMatchObject({ link: "unknown", away: false, feed_age_s: null });
});

test("every activity has a look, and none is told by colour alone", () => {
  expect(new Set(ACTIVITIES.map((activity) => lookOf(activity).word)).size).toBe(ACTIVITIES.length);
  expect(asActivity("dancing")).toBe("offline");
  const abnormal = ["offline", "error", "stopped", "manual", "paused"] as const;
  expect(new Set(abnormal.map((activity) => lookOf(activity).shape)).size).toBe(abnormal.length);
});

test("numbers read as people say them", () => {
  expect([0, 59.6, 125, 4830, 400_000].map(duration)).toEqual(["0 s", "1 min 00 s", "2 min 05 s", "1 h 20 min", "4 d"]);
  expect([0.4, 999, 1234].map(distance)).toEqual(["0 m", "999 m", "1.2 km"]);
  expect(percent(null)).toBe("–");
  expect(["AMR-10", "AMR-2"].toSorted(byName)).toEqual(["AMR-2", "AMR-10"]);
});

test("the example sentence names an item and two places of this site", () => {
  const places = [
    { name: "Charger 1", station: "c", kind: "charger" },
    { name: "Dock 1", station: "d", kind: "dock" },
    { name: "Packing 1", station: "p", kind: "packing" },
  ];
  const layout = { kind: "Layout", metadata: { name: "l" }, spec: { lif: {}, places, items: [{ name: "pallet" }] } };
  expect(exampleOf({ ...EMPTY, layouts: new Map([["l", layout]]) })).toBe("bring 1 pallet from Dock 1 to Packing 1");
  expect(exampleOf(EMPTY)).toBe("where are the robots?");
});
