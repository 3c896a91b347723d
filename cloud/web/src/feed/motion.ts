/**
 * Where each robot is drawn, between two telemetry frames: typed arrays outside React, read by the map in rAF.
 *
 * Each robot has a slot. A new frame moves it from wherever it is drawn now to the frame's pose within about one
 * frame interval, so what is seen never jumps with the network's jitter. A jump that no robot can drive is drawn as one.
 */
import type { TelemetryFrame } from "./decode";

const INTERVAL_MS_START = 250;
const INTERVAL_MS_MIN = 60;
const INTERVAL_MS_MAX = 1500;
/** A move of more than this within one frame is a correction, not a drive. */
const JUMP_M = 4;

export interface Drawn {
  x_m: number;
  y_m: number;
  theta_rad: number;
}

export class Motion {
  readonly names: string[] = [];
  /** Rises with every frame or seed: the map redraws when it changed. */
  version = 0;
  /** False: robots step to each new pose at once (reduced motion). */
  private readonly glides: boolean;
  private readonly slots = new Map<string, number>();
  private from = new Float64Array(0);
  private to = new Float64Array(0);
  private began = new Float64Array(0);
  private age_s = new Float64Array(0);
  private heard = new Float64Array(0);
  battery_pct = new Float64Array(0);
  readonly activity: string[] = [];
  readonly loaded: boolean[] = [];
  private interval_ms = INTERVAL_MS_START;
  private frame_ms = 0;

  constructor(glides = true) {
    this.glides = glides;
  }

  get count(): number {
    return this.names.length;
  }

  slot(name: string): number {
    return this.slots.get(name) ?? -1;
  }

  /** True while some robot is still on its way to the newest pose. */
  moving(now_ms: number): boolean {
    return this.glides && now_ms - this.frame_ms < this.interval_ms * 1.2;
  }

  frame(frame: TelemetryFrame, now_ms: number): void {
    for (let row = 0; row < frame.robots.length; row++) {
      const slot = this.take(frame.robots[row] as string);
      this.battery_pct[slot] = frame.battery_pct[row] as number;
      this.activity[slot] = frame.activity[row] as string;
      this.loaded[slot] = frame.loaded[row] as boolean;
      this.age_s[slot] = frame.age_s[row] as number;
      this.heard[slot] = now_ms;
      this.move(slot, frame.x_m[row] as number, frame.y_m[row] as number, frame.theta_rad[row] as number, now_ms);
    }
    this.learnInterval(now_ms); // after the moves: these start from where robots are drawn by the old one
    this.frame_ms = now_ms;
    this.version++;
  }

  /** A pose from the snapshot, for a robot that no frame has told of yet. */
  seed(name: string, pose: Drawn, activity: string, loaded: boolean): void {
    const known = this.slots.has(name);
    const slot = this.take(name);
    if (known && (this.heard[slot] as number) > 0) return;
    this.activity[slot] = activity;
    this.loaded[slot] = loaded;
    this.move(slot, pose.x_m, pose.y_m, pose.theta_rad, Number.NEGATIVE_INFINITY);
    this.version++;
  }

  forget(name: string): void {
    const slot = this.slots.get(name);
    if (slot === undefined) return;
    this.to[slot * 3] = Number.NaN;
    this.heard[slot] = 0;
    this.version++;
  }

  /** Fills `out` with the pose to draw; false where there is none. */
  read(slot: number, now_ms: number, out: Drawn): boolean {
    const i = slot * 3;
    const x = this.to[i];
    if (x === undefined || Number.isNaN(x)) return false;
    const share = this.glides ? Math.min(Math.max((now_ms - (this.began[slot] as number)) / this.interval_ms, 0), 1) : 1;
    out.x_m = mix(this.from[i] as number, x, share);
    out.y_m = mix(this.from[i + 1] as number, this.to[i + 1] as number, share);
    out.theta_rad = turn(this.from[i + 2] as number, this.to[i + 2] as number, share);
    return true;
  }

  /** Seconds since the robot itself was heard of; Infinity where no frame told of it. */
  ageOf(slot: number, now_ms: number): number {
    const heard = this.heard[slot] as number;
    if (!(heard > 0)) return Number.POSITIVE_INFINITY;
    const age = this.age_s[slot] as number;
    return (Number.isNaN(age) ? 0 : age) + (now_ms - heard) / 1000;
  }

  private learnInterval(now_ms: number): void {
    if (this.frame_ms === 0) return;
    const gap = Math.min(Math.max(now_ms - this.frame_ms, INTERVAL_MS_MIN), INTERVAL_MS_MAX);
    this.interval_ms += (gap - this.interval_ms) * 0.2;
  }

  private move(slot: number, x: number, y: number, theta: number, now_ms: number): void {
    if (Number.isNaN(x) || Number.isNaN(y)) return;
    const i = slot * 3;
    const now: Drawn = { x_m: 0, y_m: 0, theta_rad: 0 };
    const drawn = this.read(slot, now_ms, now);
    const heading = Number.isNaN(theta) ? (drawn ? now.theta_rad : 0) : theta;
    // two seeds before the first frame have no time between them: what is drawn is then no number, and must not stay so
    const jumps = !drawn || !(Math.hypot(x - now.x_m, y - now.y_m) <= JUMP_M);
    this.from[i] = jumps ? x : now.x_m;
    this.from[i + 1] = jumps ? y : now.y_m;
    this.from[i + 2] = jumps ? heading : now.theta_rad;
    this.to[i] = x;
    this.to[i + 1] = y;
    this.to[i + 2] = heading;
    this.began[slot] = now_ms;
  }

  private take(name: string): number {
    const known = this.slots.get(name);
    if (known !== undefined) return known;
    const slot = this.names.length;
    this.slots.set(name, slot);
    this.names.push(name);
    this.activity.push("");
    this.loaded.push(false);
    if (slot >= this.began.length) this.grow(Math.max(64, this.began.length * 2));
    this.to[slot * 3] = Number.NaN;
    return slot;
  }

  private grow(size: number): void {
    this.from = grown(this.from, size * 3);
    this.to = grown(this.to, size * 3);
    this.began = grown(this.began, size);
    this.age_s = grown(this.age_s, size);
    this.heard = grown(this.heard, size);
    this.battery_pct = grown(this.battery_pct, size);
  }
}

function grown(old: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(size);
  wider.set(old);
  return wider;
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

/** From heading a to b the short way round, radians. */
export function turn(a: number, b: number, share: number): number {
  const full = 2 * Math.PI;
  const way = ((((b - a + Math.PI) % full) + full) % full) - Math.PI;
  return a + way * share;
}
