/** Edge nodes as an operator reads them; the same words as `drover edges` (drover/edge_view.py). */
import type { EdgeNode, EdgeNodeStatus, Inhibit } from "../api/types";
import { clock, count, duration } from "./format";

export type EdgeState = "online" | "suspect" | "offline" | "quarantined" | "refilling" | "snapshot" | "unknown";

const MEANING: Record<EdgeState, string> = {
  online: "Both sides hear each other.",
  suspect: "Nothing heard for 15 s. If it stays silent, it counts as away.",
  offline: "Nothing is heard. Its robots go on with what they have; new commands are stored and sent when it is back.",
  quarantined: "Two copies of it speak. Neither may begin new work until you pick the right one.",
  refilling: "It tells the cloud again what the cloud has forgotten.",
  snapshot: "It gets the whole state anew.",
  unknown: "The cloud has not heard it since it started. On the edge node’s own page this is always so.",
};

export function meaningOf(state: EdgeState): string {
  return MEANING[state];
}

export function edgeState(status: EdgeNodeStatus): EdgeState {
  const conditions = status.conditions ?? [];
  if (conditions.some(({ type, status: is }) => type === "Quarantined" && is === "True")) return "quarantined";
  if (status.link === "offline") return "offline";
  if (status.link !== "online") return "unknown";
  const { sync_state } = status;
  if (sync_state === "quarantined" || sync_state === "refilling" || sync_state === "snapshot") return sync_state;
  return conditions.some(({ type }) => type === "Heard") ? "suspect" : "online";
}

/** Whether the state wants a person, so that it gets a colour. */
export function wantsEyes(state: EdgeState): boolean {
  return state === "suspect" || state === "offline" || state === "quarantined";
}

export interface Copy {
  boot: string;
  what: string;
}

/** The copies of a quarantined edge node, out of the condition's "boot: what; boot: what". */
export function copiesOf(edge: EdgeNode): Copy[] {
  const found = edge.status?.conditions?.find(({ type, status }) => type === "Quarantined" && status === "True");
  return (found?.message ?? "").split("; ").flatMap((part) => {
    const at = part.indexOf(": ");
    return at > 0 ? [{ boot: part.slice(0, at), what: part.slice(at + 2) }] : [];
  });
}

export interface StopHolder {
  holder: "cloud" | "site";
  by: string;
}

/** A stop belongs to who pressed it; only that side can clear it. */
export function stopHolders(edge: EdgeNode): StopHolder[] {
  return [...stopsOf(edge.spec.inhibits, "cloud"), ...stopsOf(edge.status?.inhibits, "site")];
}

function stopsOf(inhibits: Inhibit[] | undefined, holder: StopHolder["holder"]): StopHolder[] {
  return (inhibits ?? []).filter(({ kind }) => kind === "stop").map(({ by }) => ({ holder, by: by ?? "" }));
}

/** "8 s", "3 min", "2 h", "63 d": for lengths where seconds would be noise. */
export function length(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6_000) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

export function bytes(n: number): string {
  if (n < 1_000) return `${n} B`;
  if (n < 1_000_000) return `${(n / 1_000).toFixed(n < 10_000 ? 1 : 0)} kB`;
  return `${(n / 1_000_000).toFixed(1)} MB`;
}

/** "63 d; storage ends first". */
export function budgetText(status: EdgeNodeStatus): string {
  const { offline_budget_s: left_s, offline_limit: limit = "" } = status;
  if (left_s === null || left_s === undefined) return "no end in sight";
  return limit === "" ? length(left_s) : `${length(left_s)}; ${limit} ends first`;
}

export interface Fact {
  name: string;
  value: string;
  /** It wants a person. */
  warn: boolean;
}

const BOTH: Record<string, string> = { equal: "hold the same", differs: "differ, being repaired", waits: "differ by what waits" };
const CLOCK_OFFSET_S_MAX = 5;
/** Rows that wait longer than this are no longer on their way, seconds. */
const OLDEST_S_MAX = 30;

function plain(name: string, value: string, warn = false): Fact {
  return { name, value, warn };
}

export function factsOf(edge: EdgeNode, now_at: number): Fact[] {
  const status = edge.status ?? {};
  const ago = (at: number | null | undefined): string => (at ? `${length(Math.max(0, now_at - at))} ago` : "never");
  const queue = (rows: number, size: number): string => (rows === 0 ? "nothing waits" : `${count(rows, "row")}, ${bytes(size)}`);
  const oldest = [status.backlog_oldest_at, status.oldest_unacked_at].filter((at): at is number => typeof at === "number" && at > 0);
  const oldest_s = oldest.length === 0 ? null : Math.max(0, now_at - Math.min(...oldest));
  const digest = status.digest || "unknown";
  const offset_s = status.clock_offset_s ?? null;
  const waits = (status.backlog ?? 0) > 0 || wantsEyes(edgeState(status)); // then they must differ, and nothing is wrong
  const dead = status.dead_letters ?? 0;
  return [
    plain("Last heard", ago(status.last_seen_at)),
    plain("Last converged", ago(status.converged_at)),
    plain("Waiting for the site", queue(status.backlog ?? 0, status.backlog_bytes ?? 0)),
    plain("Waiting for the cloud", queue(status.backlog_up ?? 0, status.backlog_up_bytes ?? 0)),
    plain("Oldest unacked", oldest_s === null ? "–" : length(oldest_s), oldest_s !== null && oldest_s > OLDEST_S_MAX),
    plain("Both sides", BOTH[digest === "differs" && waits ? "waits" : digest] ?? "not compared", digest === "differs" && !waits),
    plain("Without the cloud", budgetText(status)),
    plain("Dead letters", String(dead), dead > 0),
    plain("Clock offset", offset_s === null ? "–" : `${offset_s > 0 ? "+" : ""}${offset_s.toFixed(1)} s`, offset_s !== null && Math.abs(offset_s) > CLOCK_OFFSET_S_MAX),
    plain("Store number", String(status.edge_epoch ?? 0)),
    plain("Kept until backed up", count(status.kept ?? 0, "row")),
    plain("Robots online", `${status.robots_online ?? 0} of ${status.robots ?? 0}`),
  ];
}

/** "since 10:03:12 (3 min)", or "". */
export function awaySince(last_seen_at: number, now_at: number): string {
  return last_seen_at > 0 ? ` since ${clock(last_seen_at)} (${duration(now_at - last_seen_at)})` : "";
}
