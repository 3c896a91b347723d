/** A command's way from the operator to the robot's wheels, and what it waits for; the same rules as drover/edge_view.py. */
import type { EdgeNode, Mission, Task } from "../api/types";
import { edgeState, length } from "./edges";

export const STAGES = ["asked", "sent", "delivered", "doing", "done"] as const;
export type Stage = (typeof STAGES)[number];

export interface Life {
  /** How far it has come; an end that is not "done" stays at the stage that it had reached. */
  stage: Stage;
  /** What to call that: a stage, or failed, refused, cancelled, paused, "cancel sent". */
  word: string;
  /** The edge node that has to come back first, "": nobody. */
  waitsFor: string;
  waits_since: number;
  /** Tasks of which nobody knows what became of them. */
  unknown: readonly string[];
}

export function lifeOf(mission: Mission, tasks: readonly Task[], edges: ReadonlyMap<string, EdgeNode>): Life {
  const { spec, status = {}, metadata } = mission;
  const unknown = tasks.filter((task) => fateOf(task) !== null).map((task) => task.metadata.name);
  const still = { waitsFor: "", waits_since: 0, unknown };
  const phase = status.phase ?? "pending";
  const begun = typeof status.started_at === "number" || phase === "running" || phase === "paused" || phase === "cancelling";
  if (phase === "done") return { stage: "done", word: "done", ...still };
  if (phase === "cancelled") return { stage: begun ? "doing" : "delivered", word: "cancelled", ...still };
  if (phase === "failed") return { stage: begun ? "doing" : "delivered", word: begun ? "failed" : "refused", ...still };
  const node = edges.get(spec.edge ?? "") ?? (edges.size === 1 ? [...edges.values()][0] : undefined);
  const state = node === undefined ? "unknown" : edgeState(node.status ?? {});
  // the edge node's own page: what it shows, it has
  const taken = state === "unknown" ? node !== undefined : (status.observed_generation ?? 0) >= (metadata.generation ?? 0);
  const away = state === "offline" || state === "suspect" || state === "quarantined";
  const waits = !taken && away && node !== undefined;
  const where = waits ? { waitsFor: node.metadata.name, waits_since: node.status?.last_seen_at ?? 0, unknown } : still;
  const desired = spec.desired ?? "run";
  if (desired !== "run" && !taken) return { stage: begun ? "doing" : "sent", word: `${desired} sent`, ...where };
  if (begun) return { stage: "doing", word: phase === "running" ? "doing" : phase, ...still };
  if (taken || phase === "assigned") return { stage: "delivered", word: "delivered", ...still };
  if (node === undefined) return { stage: "asked", word: "asked", ...still };
  return { stage: "sent", word: "sent", ...where };
}

/** "waiting for edge-1, away for 3 min". */
export function waitingText(life: Life, now_at: number): string {
  if (life.waitsFor === "") return "";
  return `waiting for ${life.waitsFor}, away${life.waits_since > 0 ? ` for ${length(Math.max(0, now_at - life.waits_since))}` : ""}`;
}

export interface Fate {
  task: string;
  reason: string;
  message: string;
}

/** Set when nobody knows what became of the task: why, and from when it may be placed anew. */
export function fateOf(task: Task): Fate | null {
  if (["done", "failed", "cancelled"].includes(task.status?.phase ?? "")) return null;
  const found = task.status?.conditions?.find(({ type, status }) => type === "Fate" && status === "Unknown");
  return found === undefined ? null : { task: task.metadata.name, reason: found.reason ?? "", message: found.message ?? "" };
}
