import { expect, test } from "vitest";
import { problemOf, segment } from "./http";
import { isToken, tokenOfFragment } from "./token";

test("the token comes out of the fragment", () => {
  expect(tokenOfFragment("#token=abc-1.2_3~")).toBe("abc-1.2_3~");
  expect(tokenOfFragment("#other=1&token=%20x%20")).toBe("x");
  expect(tokenOfFragment("")).toBe("");
});

test("what a subprotocol cannot carry is no token", () => {
  expect(isToken("abc_DEF-123.~")).toBe(true);
  for (const bad of ["", "two words", "a,b", "ключ", "a\nb", "x".repeat(513)]) expect(isToken(bad)).toBe(false);
});

test("a problem document gives field, detail and fix", () => {
  const error = problemOf(422, '{"title":"Invalid","detail":"no place","field":"to","fix":"name a place","code":"x"}');
  expect(error.message).toBe("to: no place");
  expect(error.fix).toBe("name a place");
  expect(error.status).toBe(422);
});

test("a body that is no problem still names the status", () => {
  for (const body of ["<html>", "", "null", "[]", '"text"']) expect(problemOf(502, body).message).toContain("502");
});

test("names become path segments", () => {
  expect(segment("Dock 1/A")).toBe("Dock%201%2FA");
});
