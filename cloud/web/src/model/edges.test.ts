import { expect, test } from "vitest";
import type { EdgeNode, EdgeNodeSpec, EdgeNodeStatus, Mission, Task } from "../api/types";
import { budgetText, bytes, copiesOf, edgeState, factsOf, length, stopHolders, wantsEyes } from "./edges";
import { fateOf, lifeOf, waitingText } from "./life";
import { robotRow } from "./views";
import { EMPTY } from "./world";

function edge(status: EdgeNodeStatus, spec: EdgeNodeSpec = {}): EdgeNode {
  return { kind: "EdgeNode", metadata: { name: "edge-1" }, spec, status };
}

function mission(status: Mission["status"], generation = 1, desired = "run"): Mission {
  return { kind: "Mission", metadata: { name: "m", generation }, spec: { edge: "edge-1", desired }, status };
}

const online = new Map([["edge-1", edge({ link: "online" })]]);
const offline = new Map([["edge-1", edge({ link: "offline", last_seen_at: 1_000 })]]);

test("an edge node's state is the gravest thing that is known of it", () => {
  expect(edgeState({})).toBe("unknown");
  expect(edgeState({ link: "online", sync_state: "online" })).toBe("online");
  expect(edgeState({ link: "online", conditions: [{ type: "Heard", status: "Unknown" }] })).toBe("suspect");
  expect(edgeState({ link: "online", sync_state: "snapshot" })).toBe("snapshot");
  expect(edgeState({ link: "offline", sync_state: "refilling" })).toBe("offline");
  expect(edgeState({ link: "online", conditions: [{ type: "Quarantined", status: "True" }] })).toBe("quarantined");
  expect([wantsEyes("online"), wantsEyes("snapshot"), wantsEyes("offline")]).toEqual([false, false, true]);
});

test("the copies of a quarantined edge node come out of its condition", () => {
  const message = "ab12: session 4, heard now; cd34: session 4, heard 3 s ago";
  const node = edge({ conditions: [{ type: "Quarantined", status: "True", message }] });
  expect(copiesOf(node)).toEqual([
    { boot: "ab12", what: "session 4, heard now" },
    { boot: "cd34", what: "session 4, heard 3 s ago" },
  ]);
  expect(copiesOf(edge({}))).toEqual([]);
});

test("a stop is told with its holder, other inhibits are none", () => {
  const spec = { inhibits: [{ id: "1", kind: "stop", by: "operator" }, { id: "2", kind: "zone" }] };
  expect(stopHolders(edge({ inhibits: [{ id: "3", kind: "stop", by: "Ann" }] }, spec))).toEqual([
    { holder: "cloud", by: "operator" },
    { holder: "site", by: "Ann" },
  ]);
});

test("lengths, bytes and budgets read as people say them", () => {
  expect([length(8), length(180), length(7_200), length(63 * 86_400)]).toEqual(["8 s", "3 min", "2 h", "63 d"]);
  expect([bytes(812), bytes(8_486), bytes(14_000), bytes(3_100_000)]).toEqual(["812 B", "8.5 kB", "14 kB", "3.1 MB"]);
  expect(budgetText({ offline_budget_s: 63 * 86_400, offline_limit: "storage" })).toBe("63 d; storage ends first");
  expect(budgetText({})).toBe("no end in sight");
});

test("facts warn of what wants a person and of nothing else", () => {
  const calm = factsOf(edge({ link: "online", digest: "equal", converged_at: 990, last_seen_at: 999 }), 1_000);
  expect(calm.filter((fact) => fact.warn)).toEqual([]);
  const rough = factsOf(edge({ digest: "differs", dead_letters: 2, backlog: 3, backlog_bytes: 900, backlog_oldest_at: 900, clock_offset_s: 9 }), 1_000);
  expect(rough.filter((fact) => fact.warn).map((fact) => fact.name)).toEqual(["Oldest unacked", "Dead letters", "Clock offset"]);
  expect(rough.find((fact) => fact.name === "Waiting for the site")?.value).toBe("3 rows, 900 B");
  const apart = factsOf(edge({ link: "online", digest: "differs" }), 1_000).find((fact) => fact.name === "Both sides");
  expect(apart).toMatchObject({ value: "differ, being repaired", warn: true });
});

test("a command is sent until its edge node has taken this generation", () => {
  expect(lifeOf(mission({}), [], new Map())).toMatchObject({ stage: "asked", word: "asked" });
  expect(lifeOf(mission({}), [], online)).toMatchObject({ stage: "sent", waitsFor: "" });
  expect(lifeOf(mission({ observed_generation: 1 }), [], online).stage).toBe("delivered");
  expect(lifeOf(mission({ phase: "running", observed_generation: 1 }), [], online).word).toBe("doing");
  expect(lifeOf(mission({ phase: "done" }), [], offline).stage).toBe("done");
  expect(lifeOf(mission({ phase: "failed", reason: "no robot can carry it" }), [], online).word).toBe("refused");
  expect(lifeOf(mission({ phase: "failed", started_at: 5 }), [], online).word).toBe("failed");
});

test("a command that cannot be delivered says for whom it waits, and how long already", () => {
  const life = lifeOf(mission({}), [], offline);
  expect(waitingText(life, 1_180)).toBe("waiting for edge-1, away for 3 min");
  expect(waitingText(lifeOf(mission({ observed_generation: 1 }), [], offline), 1_180)).toBe("");
});

test("a cancel that the site has not got is told while its robot still works", () => {
  const life = lifeOf(mission({ phase: "running", observed_generation: 1 }, 2, "cancel"), [], offline);
  expect(life).toMatchObject({ stage: "doing", word: "cancel sent", waitsFor: "edge-1" });
});

test("only an unknown fate of an open task is told, with its reason", () => {
  const task = (phase: string, status: string): Task => ({
    kind: "Task",
    metadata: { name: "t" },
    spec: {},
    status: { phase, conditions: [{ type: "Fate", status, reason: "Silent", message: "edge-1 is silent; from 10:20 it may be placed anew" }] },
  });
  expect(fateOf(task("running", "Unknown"))?.message).toContain("10:20");
  expect(fateOf(task("running", "True"))).toBeNull();
  expect(fateOf(task("done", "Unknown"))).toBeNull();
});

test("robots are old news only behind an edge node that is away", () => {
  const world = { ...EMPTY, edges: new Map([...online, ["edge-2", edge({})]]) };
  const robot = (name: string) => ({ kind: "Robot", metadata: { name }, spec: { edge: name } });
  const away = new Set(["edge-1"]);
  expect(robotRow(robot("edge-1"), world, new Map(), away).stale).toBe(true);
  expect(robotRow(robot("edge-2"), world, new Map(), away).stale).toBe(false);
  expect(robotRow(robot(""), world, new Map(), away).stale).toBe(false);
});
