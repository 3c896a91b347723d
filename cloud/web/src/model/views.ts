/** Resources as rows: defaults of the contract put back, values of several resources joined for one table. */
import type { EdgeNode, Mission, Robot, RobotError, Task } from "../api/types";
import { asActivity, type Activity } from "./activity";
import { edgeState, type EdgeState } from "./edges";
import { lifeOf, type Life } from "./life";
import type { World } from "./world";

export interface RobotRow {
  name: string;
  model: string;
  edge: string;
  activity: Activity;
  battery_pct: number | null;
  charging: boolean;
  loads: readonly string[];
  task: string;
  taskTitle: string;
  mission: string;
  step: string;
  place: string;
  path: readonly string[];
  base_nodes: number;
  errors: readonly RobotError[];
  paused: boolean;
  reported_at: number;
  map_id: string;
  /** Seen through an edge node that is away: this is how it was, not how it is. */
  stale: boolean;
}

const NOBODY: ReadonlySet<string> = new Set();

/** `away`: names of edge nodes that are not heard. */
export function robotRow(robot: Robot, world: World, places: ReadonlyMap<string, string>, away: ReadonlySet<string> = NOBODY): RobotRow {
  const { spec, status = {} } = robot;
  const task = status.task === undefined ? undefined : world.tasks.get(status.task);
  return {
    name: robot.metadata.name,
    model: spec.model ?? "",
    edge: spec.edge ?? "",
    activity: asActivity(status.activity),
    battery_pct: status.battery_pct ?? null,
    charging: status.charging ?? false,
    loads: (status.loads ?? []).map((id) => world.tasks.get(id)?.spec.item || id), // a load's id is its task's name
    task: status.task ?? "",
    taskTitle: task === undefined ? "" : taskTitle(task),
    mission: task?.spec.mission ?? "",
    step: status.step ?? "",
    place: places.get(status.last_node ?? "") ?? status.last_node ?? "",
    path: status.path ?? [],
    base_nodes: status.base_nodes ?? 0,
    errors: status.errors ?? [],
    paused: (status.paused ?? false) || (spec.paused ?? false),
    reported_at: status.reported_at ?? 0,
    map_id: status.pose?.map_id ?? "",
    stale: spec.edge ? away.has(spec.edge) : away.size > 0 && away.size === world.edges.size,
  };
}

/** How old the newest news of a robot is, seconds: its own report, or the newest picture (`ages`, by edge node) that it was in. */
export function newsAge(robot: RobotRow, now_at: number, ages: ReadonlyMap<string, number>): number {
  const picture_s = ages.get(robot.edge) ?? Number.POSITIVE_INFINITY;
  return Math.max(0, Math.min(now_at - robot.reported_at, picture_s));
}

/** "Pallet: Dock 2 → Packing 1", "go to Dock 2", in the operator's words. */
export function taskTitle(task: Task): string {
  const { action = "", from, to, stops = [], item, quantity = 1 } = task.spec;
  const what = item ? `${quantity > 1 ? `${quantity} × ` : ""}${item}` : "";
  if (action === "transport") return `${what || "load"}: ${from ?? "?"} → ${to ?? "?"}`;
  if (stops.length > 0) return `${action} ${stops.join(", ")}`;
  if (action === "goto") return `go to ${to ?? "?"}`;
  if (action === "wait") return to ? `wait at ${to}` : "wait";
  return [action, what, to ? `at ${to}` : ""].filter(Boolean).join(" ");
}

export type MissionPhase = "pending" | "assigned" | "running" | "paused" | "cancelling" | "done" | "failed" | "cancelled";

export interface MissionRow {
  name: string;
  title: string;
  text: string;
  command: string;
  phase: MissionPhase;
  ended: boolean;
  /** 0..1: finished tasks, and the finished steps of those that run. */
  progress: number;
  tasks_done: number;
  tasks_total: number;
  robots: readonly string[];
  eta_at: number | null;
  created_at: number;
  finished_at: number | null;
  reason: string;
  desired: string;
  life: Life;
}

const ENDED: ReadonlySet<string> = new Set(["done", "failed", "cancelled"]);

export function missionRow(mission: Mission, tasks: ReadonlyMap<string, Task>, edges: ReadonlyMap<string, EdgeNode> = new Map()): MissionRow {
  const { spec, status = {} } = mission;
  const mine = (spec.tasks ?? []).flatMap((name) => tasks.get(name) ?? []);
  const phase = (status.phase ?? "pending") as MissionPhase;
  const total = status.tasks_total || spec.tasks?.length || 0;
  const done = status.tasks_done ?? 0;
  return {
    name: mission.metadata.name,
    title: spec.title || spec.text || mission.metadata.name,
    text: spec.text ?? "",
    command: spec.command ?? "",
    phase,
    ended: ENDED.has(phase),
    progress: progressOf(phase, done, total, mine),
    tasks_done: phase === "done" ? total : done,
    tasks_total: total,
    robots: [...new Set(mine.map(robotOf).filter(Boolean))],
    eta_at: status.eta_at ?? latest(mine.map((task) => task.status?.eta_at ?? task.spec.assignment?.planned_end_at ?? null)),
    created_at: spec.created_at ?? 0,
    finished_at: status.finished_at ?? null,
    reason: status.reason || (mine.find((task) => task.status?.phase === "failed")?.status?.reason ?? ""),
    desired: spec.desired ?? "run",
    life: lifeOf(mission, mine, edges),
  };
}

function progressOf(phase: string, done: number, total: number, tasks: readonly Task[]): number {
  if (phase === "done") return 1;
  if (total === 0) return 0;
  if (tasks.length === 0) return done / total;
  const shares = tasks.map((task) => {
    if (task.status?.phase === "done") return 1;
    const steps = task.status?.steps?.length ?? 0;
    return steps === 0 ? 0 : Math.min((task.status?.step ?? 0) / steps, 1);
  });
  return shares.reduce((sum, share) => sum + share, 0) / total;
}

function robotOf(task: Task): string {
  return task.status?.robot || task.spec.assignment?.robot || "";
}

function latest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time): time is number => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Open missions first, the oldest on top; then ended ones, the newest on top. */
export function missionRows(world: World, endedMax: number): MissionRow[] {
  const rows = [...world.missions.values()].map((mission) => missionRow(mission, world.tasks, world.edges));
  const open = rows.filter((row) => !row.ended).toSorted((a, b) => a.created_at - b.created_at);
  const ended = rows.filter((row) => row.ended);
  ended.sort((a, b) => (b.finished_at ?? b.created_at) - (a.finished_at ?? a.created_at));
  return [...open, ...ended.slice(0, endedMax)];
}

export interface EdgeView {
  name: string;
  link: string;
  state: EdgeState;
  away: boolean;
  last_seen_at: number;
  backlog: number;
  stopped: boolean;
  /** Seconds since the newest telemetry of this edge, null: not known. */
  feed_age_s: number | null;
}

/** Beyond this the picture of a site is old news, even if its edge node still counts as online. */
export const FEED_AGE_S_MAX = 5;

export function edgeView(edge: EdgeNode, world: World, sinceBeat_s: number): EdgeView {
  const status = edge.status ?? {};
  const age = world.beat?.feed_age_s.get(edge.metadata.name) ?? (world.edges.size === 1 ? world.beat?.feed_age_s.get("") : undefined);
  const feed_age_s = age === undefined ? null : age + sinceBeat_s;
  const link = status.link ?? "unknown";
  return {
    name: edge.metadata.name,
    link,
    state: edgeState(status),
    away: link === "offline" || (age !== undefined && age > FEED_AGE_S_MAX),
    last_seen_at: status.last_seen_at ?? 0,
    backlog: status.backlog ?? 0,
    stopped: status.stopped ?? false,
    feed_age_s,
  };
}
