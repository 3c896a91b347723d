import { encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import { decodeTelemetry } from "./decode";

const FRAME = {
  epoch: 3,
  at: 1000.5,
  robots: ["AMR-1", "AMR-2"],
  x_m: [1.5, 2],
  y_m: [0, -4.25],
  theta_rad: [0.1, 3],
  battery_pct: [88, 12.5],
  activity: ["moving", "idle"],
  loaded: [true, false],
  age_s: [0.2, 7],
};

test("a frame comes out as columns", () => {
  const frame = decodeTelemetry(encode(FRAME));
  expect(frame?.robots).toEqual(["AMR-1", "AMR-2"]);
  expect([...(frame?.y_m ?? [])]).toEqual([0, -4.25]);
  expect(frame?.loaded).toEqual([true, false]);
  expect(frame?.epoch).toBe(3);
});

test("missing and short columns leave gaps instead of shifting rows", () => {
  const frame = decodeTelemetry(encode({ ...FRAME, x_m: [1], theta_rad: undefined, activity: ["moving"], loaded: null }));
  expect(frame?.x_m[0]).toBe(1);
  expect(frame?.x_m[1]).toBeNaN();
  expect(frame?.theta_rad[1]).toBeNaN();
  expect(frame?.activity).toEqual(["moving", ""]);
  expect(frame?.loaded).toEqual([false, false]);
});

test("numbers that are none become gaps", () => {
  const frame = decodeTelemetry(encode({ ...FRAME, x_m: ["7", null], battery_pct: [Number.POSITIVE_INFINITY, 5] }));
  expect(frame?.x_m[0]).toBeNaN();
  expect(frame?.battery_pct[0]).toBeNaN();
  expect(frame?.battery_pct[1]).toBe(5);
});

test("what is no frame is refused", () => {
  expect(decodeTelemetry(new Uint8Array([0xc1, 0xff]))).toBeNull();
  expect(decodeTelemetry(encode("text"))).toBeNull();
  expect(decodeTelemetry(encode(null))).toBeNull();
  expect(decodeTelemetry(encode({ epoch: 1 }))).toBeNull();
});
