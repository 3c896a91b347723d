/** The moving part of the map: ways, robots with load and name. One path per colour, only what is in sight. */
import type { Drawn, Motion } from "../feed/motion";
import { asActivity, lookOf, staleAfterS, type Activity, type Shape } from "../model/activity";
import { length } from "../model/edges";
import { FONT, INK } from "./draw_site";
import { around, Labels, type Box } from "./labels";
import { screenX, screenY, type View } from "./view";

/** Below this size a heading cannot be seen; squares cost less. */
const ARROW_PX_MIN = 7;
/** More robots in sight than this and names would only be noise. */
const NAMES_MAX = 120;
/** What is known only from before: no colour, which would ask for an act on old news. */
const AWAY_INK = "#76808B";

export interface RobotInk {
  selected: string;
  /** Robots that a plan on show would use. */
  planned: ReadonlySet<string>;
  shown: (name: string) => boolean;
  /** The picture is old as a whole: ages of single robots say nothing more. */
  stale: boolean;
  /** Robots seen through an edge node that is away, with the age of what is known of them in seconds. */
  away: ReadonlyMap<string, number>;
  /** Where the site's own names stand. */
  names: readonly Box[];
}

interface Seen {
  slot: number;
  name: string;
  x: number;
  y: number;
  theta: number;
  activity: Activity;
  hollow: boolean;
  away: boolean;
}

/** Length of a robot's mark in pixels: its true size when close, still legible when far. */
export function markSize(scale: number, robots: number): number {
  const least = robots <= 40 ? 16 : robots <= 200 ? 11 : 5;
  return Math.min(Math.max(scale * 1.1, least), 40);
}

export function drawRobots(ctx: CanvasRenderingContext2D, view: View, motion: Motion, ink: RobotInk, now_ms: number): void {
  const seen = inSight(view, motion, ink, now_ms);
  const size = markSize(view.scale, seen.length);
  rings(ctx, seen, size, ink);
  const groups = new Map<string, Seen[]>();
  for (const robot of seen) {
    const key = `${robot.activity}${robot.away ? "~" : robot.hollow ? "-" : "+"}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [robot]);
    else group.push(robot);
  }
  for (const group of groups.values()) marks(ctx, group, size);
  loads(ctx, seen, motion, size);
  if (seen.length <= NAMES_MAX || ink.selected !== "") robotNames(ctx, seen, motion, size, ink, now_ms);
}

function inSight(view: View, motion: Motion, ink: RobotInk, now_ms: number): Seen[] {
  const pose: Drawn = { x_m: 0, y_m: 0, theta_rad: 0 };
  const seen: Seen[] = [];
  for (let slot = 0; slot < motion.count; slot++) {
    const name = motion.names[slot] as string;
    if (!motion.read(slot, now_ms, pose) || !ink.shown(name)) continue;
    const x = screenX(view, pose.x_m);
    const y = screenY(view, pose.y_m);
    if (x < -40 || y < -40 || x > view.width + 40 || y > view.height + 40) continue;
    const activity = asActivity(motion.activity[slot]);
    const away = ink.away.has(name);
    const hollow = away || activity === "offline" || motion.ageOf(slot, now_ms) > staleAfterS(activity);
    seen.push({ slot, name, x, y, theta: pose.theta_rad, activity, hollow, away });
  }
  return seen;
}

function rings(ctx: CanvasRenderingContext2D, seen: readonly Seen[], size: number, ink: RobotInk): void {
  for (const robot of seen) {
    const chosen = robot.name === ink.selected;
    if (!chosen && !ink.planned.has(robot.name)) continue;
    ctx.beginPath();
    ctx.arc(robot.x, robot.y, size * 0.85, 0, 2 * Math.PI);
    ctx.lineWidth = 2;
    ctx.strokeStyle = chosen ? "#FFFFFF" : "#34C6A8";
    ctx.stroke();
  }
}

function marks(ctx: CanvasRenderingContext2D, group: readonly Seen[], size: number): void {
  const { activity, hollow, away } = group[0] as Seen;
  const look = lookOf(activity);
  const colour = away ? AWAY_INK : look.colour;
  const path = new Path2D();
  const trace = size < ARROW_PX_MIN ? square : TRACE[look.shape];
  for (const { x, y, theta } of group) trace(path, x, y, theta, size);
  ctx.lineJoin = "round";
  ctx.lineWidth = 3;
  ctx.strokeStyle = INK.ground;
  ctx.stroke(path);
  if (hollow || look.shape === "cross") {
    ctx.lineWidth = look.shape === "cross" ? 3 : 1.8;
    ctx.strokeStyle = colour;
    if (away) ctx.setLineDash([3, 2]);
    if (look.shape !== "cross") {
      ctx.fillStyle = INK.ground;
      ctx.fill(path);
    }
    ctx.stroke(path);
    ctx.setLineDash([]);
    return;
  }
  ctx.fillStyle = colour;
  ctx.fill(path);
}

type Trace = (path: Path2D, x: number, y: number, theta: number, size: number) => void;

const BODY: readonly (readonly [number, number])[] = [
  [-0.5, -0.36],
  [0.12, -0.36],
  [0.52, 0],
  [0.12, 0.36],
  [-0.5, 0.36],
];

function arrow(path: Path2D, x: number, y: number, theta: number, size: number): void {
  const cos = Math.cos(theta) * size;
  const sin = Math.sin(theta) * size;
  for (let i = 0; i < BODY.length; i++) {
    const [along, across] = BODY[i] as readonly [number, number];
    const px = x + along * cos - across * sin;
    const py = y - along * sin - across * cos;
    if (i === 0) path.moveTo(px, py);
    else path.lineTo(px, py);
  }
  path.closePath();
}

function square(path: Path2D, x: number, y: number, _theta: number, size: number): void {
  const half = size * 0.42;
  path.rect(x - half, y - half, half * 2, half * 2);
}

function diamond(path: Path2D, x: number, y: number, _theta: number, size: number): void {
  polygon(path, x, y, size * 0.58, [[0, -1], [1, 0], [0, 1], [-1, 0]]);
}

function triangle(path: Path2D, x: number, y: number, _theta: number, size: number): void {
  polygon(path, x, y, size * 0.6, [[0, -1], [1, 0.8], [-1, 0.8]]);
}

function cross(path: Path2D, x: number, y: number, _theta: number, size: number): void {
  const r = size * 0.38;
  path.moveTo(x - r, y - r);
  path.lineTo(x + r, y + r);
  path.moveTo(x + r, y - r);
  path.lineTo(x - r, y + r);
}

function bars(path: Path2D, x: number, y: number, _theta: number, size: number): void {
  const h = size * 0.45;
  path.rect(x - h * 0.85, y - h, h * 0.6, h * 2);
  path.rect(x + h * 0.25, y - h, h * 0.6, h * 2);
}

function polygon(path: Path2D, x: number, y: number, r: number, points: readonly (readonly [number, number])[]): void {
  points.forEach(([px, py], index) => {
    if (index === 0) path.moveTo(x + px * r, y + py * r);
    else path.lineTo(x + px * r, y + py * r);
  });
  path.closePath();
}

const TRACE: Record<Shape, Trace> = { arrow, square, triangle, diamond, cross, bars };

/** A load is a box on the robot's back. */
function loads(ctx: CanvasRenderingContext2D, seen: readonly Seen[], motion: Motion, size: number): void {
  if (size < ARROW_PX_MIN) return;
  const path = new Path2D();
  for (const { slot, x, y, theta } of seen) {
    if (motion.loaded[slot] !== true) continue;
    const half = size * 0.21;
    const cx = x - Math.cos(theta) * size * 0.16;
    const cy = y + Math.sin(theta) * size * 0.16;
    path.rect(cx - half, cy - half, half * 2, half * 2);
  }
  ctx.fillStyle = "#B9772F";
  ctx.fill(path);
  ctx.lineWidth = 1.2;
  ctx.strokeStyle = INK.ground;
  ctx.stroke(path);
}

function robotNames(
  ctx: CanvasRenderingContext2D,
  seen: readonly Seen[],
  motion: Motion,
  size: number,
  ink: RobotInk,
  now_ms: number,
): void {
  const labels = new Labels(ink.names);
  const half = size * 0.45;
  for (const { x, y } of seen) labels.block({ x: x - half, y: y - half, width: half * 2, height: half * 2 });
  ctx.font = `600 11px ${FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const ordered = seen.toSorted((a, b) => Number(b.name === ink.selected) - Number(a.name === ink.selected));
  for (const robot of ordered) {
    const chosen = robot.name === ink.selected;
    if (!chosen && seen.length > NAMES_MAX) return;
    const text = nameOf(robot, motion, ink, now_ms);
    const width = ctx.measureText(text).width + 8;
    const boxes = around(robot.x, robot.y, width, 15, size * 0.6 + 1);
    const found = labels.place(boxes);
    if (found < 0 && !chosen) continue;
    const spot = boxes[Math.max(found, 0)] as (typeof boxes)[number];
    ctx.fillStyle = chosen ? "#FFFFFF" : "rgba(20, 23, 27, 0.82)";
    ctx.beginPath();
    ctx.roundRect(spot.x, spot.y, spot.width, spot.height, 3);
    ctx.fill();
    ctx.fillStyle = chosen ? "#14171B" : robot.away ? "#A3ADB9" : "#E4E9EF";
    ctx.fillText(text, spot.x + spot.width / 2, spot.y + spot.height / 2 + 0.5);
  }
}

function nameOf(robot: Seen, motion: Motion, ink: RobotInk, now_ms: number): string {
  const age = motion.ageOf(robot.slot, now_ms);
  if (robot.away) return `${robot.name} · ${length(ink.away.get(robot.name) ?? 0)} old`;
  return robot.hollow && !ink.stale && Number.isFinite(age) ? `${robot.name} · ${Math.round(age)} s` : robot.name;
}
