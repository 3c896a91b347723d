import { expect, test } from "vitest";
import { backoffMs } from "./backoff";

test("waits double up to ten seconds and stay there", () => {
  expect([0, 1, 2, 3, 4, 5, 50].map((tries) => backoffMs(tries, 0.5))).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test("waits are spread by a fifth either way", () => {
  expect(backoffMs(0, 0)).toBe(400);
  expect(backoffMs(0, 1)).toBe(600);
});
