/** A robot's activity as word, colour and shape: never colour alone, and colour only where someone must look. */

export const ACTIVITIES = [
  "offline",
  "error",
  "stopped",
  "manual",
  "paused",
  "working",
  "moving",
  "waiting",
  "charging",
  "idle",
] as const;

export type Activity = (typeof ACTIVITIES)[number];
export type Shape = "arrow" | "square" | "triangle" | "diamond" | "cross" | "bars";

export interface Look {
  colour: string;
  shape: Shape;
  word: string;
}

/**
 * Contrast on #14171B is 5.6 or more for each; the smallest CIE76 distance between any two under protanopia,
 * deuteranopia and tritanopia is 15.6.
 */
export const COLOUR = {
  idle: "#8B95A1",
  normal: "#C3CAD3",
  charging: "#56B4E9",
  manual: "#8F7CFF",
  warning: "#F0C419",
  high: "#E8820C",
  critical: "#FF5A4F",
} as const;

const LOOKS: Record<Activity, Look> = {
  offline: { colour: COLOUR.high, shape: "cross", word: "offline" },
  error: { colour: COLOUR.critical, shape: "triangle", word: "error" },
  stopped: { colour: COLOUR.high, shape: "square", word: "stopped" },
  manual: { colour: COLOUR.manual, shape: "diamond", word: "manual" },
  paused: { colour: COLOUR.warning, shape: "bars", word: "paused" },
  working: { colour: COLOUR.normal, shape: "arrow", word: "working" },
  moving: { colour: COLOUR.normal, shape: "arrow", word: "moving" },
  waiting: { colour: COLOUR.idle, shape: "arrow", word: "waiting" },
  charging: { colour: COLOUR.charging, shape: "arrow", word: "charging" },
  idle: { colour: COLOUR.idle, shape: "arrow", word: "idle" },
};

/** Those that want a person; they come first in tables. */
const ABNORMAL: ReadonlySet<Activity> = new Set(["offline", "error", "manual"]);

export function asActivity(word: string | undefined): Activity {
  return ACTIVITIES.includes(word as Activity) ? (word as Activity) : "offline"; // the contract's default
}

export function lookOf(activity: Activity): Look {
  return LOOKS[activity];
}

export function isAbnormal(activity: Activity): boolean {
  return ABNORMAL.has(activity);
}

/** Seconds without a word from the robot after which it is drawn hollow: one that drives reports often, one that stands each 30 s. */
export function staleAfterS(activity: Activity): number {
  return activity === "moving" ? 6 : 45;
}
