import { expect, test } from "vitest";
import type { TelemetryFrame } from "./decode";
import { Motion, turn, type Drawn } from "./motion";

function frame(rows: [string, number, number, number][], age_s = 0): TelemetryFrame {
  return {
    epoch: 1,
    at: 0,
    robots: rows.map((row) => row[0]),
    x_m: Float64Array.from(rows, (row) => row[1]),
    y_m: Float64Array.from(rows, (row) => row[2]),
    theta_rad: Float64Array.from(rows, (row) => row[3]),
    battery_pct: Float64Array.from(rows, () => 50),
    activity: rows.map(() => "moving"),
    loaded: rows.map(() => false),
    age_s: Float64Array.from(rows, () => age_s),
  };
}

function at(motion: Motion, name: string, now_ms: number): Drawn {
  const out: Drawn = { x_m: Number.NaN, y_m: Number.NaN, theta_rad: Number.NaN };
  expect(motion.read(motion.slot(name), now_ms, out)).toBe(true);
  return out;
}

test("between two frames a robot is drawn between their poses", () => {
  const motion = new Motion();
  motion.frame(frame([["A", 0, 0, 0]]), 1000);
  motion.frame(frame([["A", 1, 2, 0]]), 1250);
  expect(at(motion, "A", 1250).x_m).toBeCloseTo(0);
  expect(at(motion, "A", 1375).x_m).toBeCloseTo(0.5);
  expect(at(motion, "A", 1375).y_m).toBeCloseTo(1);
  expect(at(motion, "A", 1500).x_m).toBeCloseTo(1);
  expect(at(motion, "A", 9000).x_m).toBe(1);
});

test("a frame that comes early goes on from where the robot is drawn", () => {
  const motion = new Motion();
  motion.frame(frame([["A", 0, 0, 0]]), 1000);
  motion.frame(frame([["A", 1, 0, 0]]), 1250);
  const before = at(motion, "A", 1350).x_m;
  motion.frame(frame([["A", 2, 0, 0]]), 1350);
  expect(at(motion, "A", 1350).x_m).toBeCloseTo(before);
});

test("a move that no robot can drive is drawn as a jump", () => {
  const motion = new Motion();
  motion.frame(frame([["A", 0, 0, 0]]), 1000);
  motion.frame(frame([["A", 30, 0, 0]]), 1250);
  expect(at(motion, "A", 1251).x_m).toBe(30);
});

test("headings turn the short way round", () => {
  expect(turn(3, -3, 0.5)).toBeCloseTo(Math.PI);
  expect(turn(-3, 3, 0.5)).toBeCloseTo(-Math.PI);
  expect(turn(0.2, 0.4, 0.5)).toBeCloseTo(0.3);
});

test("robots keep their slots when frames change their order", () => {
  const motion = new Motion();
  motion.frame(frame([["A", 1, 0, 0], ["B", 2, 0, 0]]), 1000);
  motion.frame(frame([["B", 2, 0, 0], ["C", 3, 0, 0], ["A", 1, 0, 0]]), 1250);
  expect(motion.names).toEqual(["A", "B", "C"]);
  expect(at(motion, "A", 2000).x_m).toBe(1);
  expect(at(motion, "C", 2000).x_m).toBe(3);
});

test("a thousand robots fit, whatever the first size was", () => {
  const motion = new Motion();
  motion.frame(frame(Array.from({ length: 1000 }, (_, i) => [`R${i}`, i, -i, 0])), 0);
  expect(at(motion, "R999", 10).y_m).toBe(-999);
  expect(at(motion, "R0", 10).x_m).toBe(0);
});

test("a pose from the snapshot never overrules telemetry", () => {
  const motion = new Motion();
  motion.seed("A", { x_m: 5, y_m: 5, theta_rad: 0 }, "idle", false);
  expect(at(motion, "A", 0).x_m).toBe(5);
  motion.frame(frame([["A", 6, 5, 0]]), 1000);
  motion.seed("A", { x_m: 0, y_m: 0, theta_rad: 0 }, "idle", false);
  expect(at(motion, "A", 3000).x_m).toBe(6);
});

test("a forgotten robot is not drawn", () => {
  const motion = new Motion();
  motion.frame(frame([["A", 6, 5, 0]]), 1000);
  motion.forget("A");
  expect(motion.read(motion.slot("A"), 1000, { x_m: 0, y_m: 0, theta_rad: 0 })).toBe(false);
  expect(motion.read(motion.slot("never seen"), 1000, { x_m: 0, y_m: 0, theta_rad: 0 })).toBe(false);
});

test("an age counts from what the frame said", () => {
  const motion = new Motion();
  motion.frame(frame([["A", 6, 5, 0]], 4), 1000);
  expect(motion.ageOf(0, 3000)).toBeCloseTo(6);
  motion.seed("B", { x_m: 5, y_m: 5, theta_rad: 0 }, "idle", false);
  expect(motion.ageOf(motion.slot("B"), 3000)).toBe(Number.POSITIVE_INFINITY);
});

test("with reduced motion a robot steps at once", () => {
  const motion = new Motion(false);
  motion.frame(frame([["A", 0, 0, 0]]), 1000);
  motion.frame(frame([["A", 1, 0, 0]]), 1250);
  expect(at(motion, "A", 1250).x_m).toBe(1);
  expect(motion.moving(1251)).toBe(false);
});

test("a robot that is seeded twice before its first frame is drawn", () => {
  const motion = new Motion();
  motion.seed("A", { x_m: 1, y_m: 2, theta_rad: 0 }, "idle", false);
  motion.seed("A", { x_m: 1, y_m: 2, theta_rad: 0 }, "charging", false);
  const out = { x_m: 0, y_m: 0, theta_rad: 0 };
  expect(motion.read(motion.slot("A"), 100, out)).toBe(true);
  expect(out).toEqual({ x_m: 1, y_m: 2, theta_rad: 0 });
});
