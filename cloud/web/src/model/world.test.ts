import { expect, test } from "vitest";
import type { AnyResource, LiveMessage } from "../api/types";
import { applyAll, EMPTY } from "./world";

function robot(name: string, resourceVersion = 1, status: unknown = {}): AnyResource {
  return { kind: "Robot", metadata: { name, resourceVersion }, spec: {}, status };
}

const SNAPSHOT: LiveMessage = {
  type: "snapshot",
  resources: [robot("A"), robot("B"), { kind: "Mission", metadata: { name: "m" }, spec: { title: "x" } }],
  commands: [{ id: "c1", state: "planned", created_at: 1 }],
  events: [
    { id: "1", at: 1, level: "info", reason: "X", subject: "Robot/A", message: "old" },
    { id: "2", at: 2, level: "info", reason: "X", subject: "Robot/A", message: "new" },
  ],
};

test("a snapshot fills the tables and replaces what was there", () => {
  const before = applyAll(EMPTY, [{ type: "hello", site: "s", role: "cloud" }, { type: "resource", resource: robot("gone") }]);
  const world = applyAll(before, [SNAPSHOT]);
  expect([...world.robots.keys()]).toEqual(["A", "B"]);
  expect(world.missions.size).toBe(1);
  expect(world.site).toBe("s");
  expect(world.ready).toBe(true);
  expect(world.events.map((event) => event.message)).toEqual(["new", "old"]);
});

test("a change touches only its own table", () => {
  const world = applyAll(EMPTY, [SNAPSHOT]);
  const next = applyAll(world, [{ type: "resource", resource: robot("A", 2, { activity: "moving" }) }]);
  expect(next.robots.get("A")?.status?.activity).toBe("moving");
  expect(world.robots.get("A")?.status?.activity).toBeUndefined();
  expect(next.missions).toBe(world.missions);
});

test("an older version of a resource changes nothing", () => {
  const world = applyAll(EMPTY, [{ type: "resource", resource: robot("A", 5, { activity: "idle" }) }]);
  const next = applyAll(world, [{ type: "resource", resource: robot("A", 4, { activity: "error" }) }]);
  expect(next.robots.get("A")?.status?.activity).toBe("idle");
});

test("deleted resources go, unknown kinds and types are passed over", () => {
  const world = applyAll(EMPTY, [SNAPSHOT]);
  const odd = [
    { type: "deleted", kind: "Robot", name: "A" },
    { type: "deleted", kind: "Toaster", name: "A" },
    { type: "resource", resource: { kind: "Toaster", metadata: { name: "t" }, spec: {} } },
    { type: "weather", value: 3 },
  ] as unknown as LiveMessage[];
  expect([...applyAll(world, odd).robots.keys()]).toEqual(["B"]);
});

test("a command takes the state that came last: an answered question goes back to the translator", () => {
  const world = applyAll(EMPTY, [
    { type: "command", command: { id: "c", state: "clarify" } },
    { type: "command", command: { id: "c", state: "translating" } },
  ]);
  expect(world.commands.get("c")?.state).toBe("translating");
});

test("commands and events are bounded, and an event is told once", () => {
  const messages: LiveMessage[] = [];
  for (let i = 0; i < 500; i++) {
    const event = { id: String(i), at: i, level: "info", reason: "X", subject: "Robot/A", message: "" };
    messages.push({ type: "command", command: { id: String(i), state: "discarded", created_at: i } }, { type: "event", event }, { type: "event", event });
  }
  const world = applyAll(EMPTY, messages);
  expect(world.commands.size).toBe(100);
  expect(world.commands.has("499")).toBe(true);
  expect(world.events).toHaveLength(300);
  expect(world.events[0]?.id).toBe("499");
});

test("a beat's ages are kept by edge, whatever their form", () => {
  expect(applyAll(EMPTY, [{ type: "beat", now_at: 9, feed_age_s: { "edge-1": 0.4 } }]).beat?.feed_age_s.get("edge-1")).toBe(0.4);
  expect(applyAll(EMPTY, [{ type: "beat", now_at: 9, feed_age_s: 2 }]).beat?.feed_age_s.get("")).toBe(2);
  expect(applyAll(EMPTY, [{ type: "beat", now_at: 9 }]).beat?.feed_age_s.size).toBe(0);
});
