import { expect, test } from "vitest";
import type { Command, Understood } from "../api/types";
import { correctable, correctionOf, detailOf, isFree, matching, optionsFor, piecesOf, questionOf, slotLabel } from "./words";

const REGISTRY = {
  places: [
    { name: "Dock 1", kind: "dock", area: "Inbound" },
    { name: "Dock 12", kind: "dock", area: "Inbound" },
    { name: "Rack A", kind: "rack" },
  ],
  robots: [{ name: "AMR-1", type: "AMR" }],
  items: [{ name: "tote" }],
  type_aliases: { AMR: [] },
};

function word(start: number, end: number, kind: string, means: string[], slots: string[] = [], fuzzy = false): Understood {
  return { start, end, kind, means, slots, fuzzy };
}

function command(text: string, understood: Understood[], more: Partial<Command> = {}): Command {
  return { id: "c", state: "planned", text, understood, ...more };
}

function shown(of: Command): [string, string, string][] {
  return piecesOf(of).map(({ text, look, label }) => [text, look, label]);
}

test("understood words are labelled with their slot, and the pieces are the whole sentence", () => {
  const said = command("2 totes from dok 1 to rack a, AMR-1", [
    word(0, 1, "number", ["2"], ["t1.quantity"]),
    word(2, 7, "item", ["tote"], ["t1.item"]),
    word(13, 18, "place", ["Dock 1"], ["t1.from"], true),
    word(22, 28, "place", ["Rack A"], ["t1.to"]),
    word(30, 35, "robot", ["AMR-1"]),
  ]);
  expect(shown(said)).toEqual([
    ["2", "value", "how many"],
    [" ", "plain", ""],
    ["totes", "item", "what · tote"],
    [" from ", "plain", ""],
    ["dok 1", "place", "from · ≈ Dock 1"],
    [" to ", "plain", ""],
    ["rack a", "place", "to"],
    [", ", "plain", ""],
    ["AMR-1", "unused", "not used"],
  ]);
});

test("positions count characters as Python does, and nonsense is left out", () => {
  const said = command("🚚 to 码头", [word(5, 7, "place", ["码头"], ["t1.to"]), word(6, 99, "place", ["x"], ["t1.to"]), word(4, 4, "place", ["x"])]);
  expect(shown(said)).toEqual([
    ["🚚 to ", "plain", ""],
    ["码头", "place", "to"],
  ]);
  expect(shown(command("", []))).toEqual([]);
});

test("a question marks the words that it is about", () => {
  const said = command("to the dock", [word(7, 11, "place", ["Dock 1", "Dock 12"])], { state: "clarify", asked: { reason: "which", start: 3, end: 11 } });
  expect(shown(said)).toEqual([
    ["to ", "plain", ""],
    ["the dock", "asked", "?"],
  ]);
});

test("of several tasks the label says which", () => {
  expect(slotLabel(["t1.robot", "t2.robot"], true)).toBe("1, 2 robot");
  expect(slotLabel(["t1.from", "t2.from", "t3.from"], true)).toBe("1–3 from");
  expect(slotLabel(["t1.robot", "t2.robot"], false)).toBe("robot");
  expect(slotLabel(["t1.to", "t2.from"], true)).toBe("1 to · 2 from");
  expect(slotLabel(["control.targets"], true)).toBe("which");
});

test("a word can be corrected while its plan waits, if one value can stand in its place", () => {
  const place = word(0, 4, "place", ["Dock 1"], ["t1.to"]);
  expect(piecesOf(command("dock", [place]))[0]?.word).toBe(place);
  expect(piecesOf(command("dock", [place], { state: "confirmed" }))[0]?.word).toBeNull();
  expect(correctable(word(0, 4, "place", ["Dock 1", "Dock 12"], ["t1.to", "t2.to"]))).toBe(false);
  expect(correctable(word(0, 4, "area", ["Inbound"], ["t1.to"]))).toBe(false);
  expect(correctable(word(0, 4, "area", ["Inbound"], ["t1.avoid"]))).toBe(true);
  expect(correctable(word(0, 4, "robot", ["AMR-1"], ["query.targets"]))).toBe(false);
  expect(correctable(word(0, 4, "robot", ["AMR-1"]))).toBe(false);
});

test("a correction names every slot that the word filled, and what was there", () => {
  expect(correctionOf(word(0, 1, "robot", ["AMR-1"], ["t1.robot", "t2.robot"]), "AMR-2")).toEqual({ slot: "t1.robot", value: "AMR-2", was: "AMR-1", also: ["t2.robot"] });
  expect(correctionOf(word(0, 1, "place", ["Dock 1"], ["t1.to"]), "Dock 12")).toEqual({ slot: "t1.to", value: "Dock 12", was: "Dock 1" });
});

test("the chooser offers the registry's names of the slot's kind", () => {
  const names = (slot: string): string[] => optionsFor(word(0, 1, "x", ["x"], [slot]), REGISTRY).map(({ value }) => value);
  expect(names("t1.to")).toEqual(["Dock 1", "Dock 12", "Rack A"]);
  expect(names("t1.avoid")).toEqual(["Dock 1", "Dock 12", "Rack A", "Inbound"]);
  expect(names("t1.item")).toEqual(["tote"]);
  expect(names("t1.robot_type")).toEqual(["AMR"]);
  expect(names("control.targets")).toEqual(["AMR-1", "AMR", "Dock 1", "Dock 12", "Rack A", "Inbound", "all"]);
  expect(names("t1.quantity")).toEqual([]);
});

test("typing finds names, and may be the value itself where the slot takes any", () => {
  const options = optionsFor(word(0, 1, "place", ["x"], ["t1.to"]), REGISTRY);
  const values = (typed: string, free: boolean): string[] => matching(options, typed, free).map(({ value }) => value);
  expect(values("dock1", false)).toEqual(["Dock 1", "Dock 12"]);
  expect(values("rack", false)).toEqual(["Rack A"]);
  expect(values("inbound", false)).toEqual(["Dock 1", "Dock 12"]);
  expect(values("nowhere", false)).toEqual([]);
  expect(values(" nowhere ", true)).toEqual(["nowhere"]);
  expect(values("DOCK-1", true)).toEqual(["Dock 1", "Dock 12"]);
  expect(isFree(word(0, 1, "number", ["2"], ["t1.quantity"]))).toBe(true);
  expect(isFree(word(0, 1, "place", ["x"], ["t1.to"]))).toBe(false);
});

test("the detail line tells who read it and how sure, and nothing that is not known", () => {
  expect(detailOf(command("x", [], { model: "smollm2", adapter: "1a2b3c4d5e6f", confidence: 0.934, language: "de", translate_s: 0.42 }))).toBe(
    "smollm2 · adapter 1a2b3c4d · 93 % sure · German · read in 0.4 s",
  );
  expect(detailOf(command("stop", [], { model: "stop words" }))).toBe("stop words");
  expect(detailOf(command("x", []))).toBe("");
});

test("choices that stand in the question are shown once", () => {
  expect(questionOf(command("x", [], { question: "Which dock? (A, B)", choices: ["A", "B"] }))).toBe("Which dock?");
  expect(questionOf(command("x", [], { question: "Which dock?", choices: [] }))).toBe("Which dock?");
});
