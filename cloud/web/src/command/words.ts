/** The sentence word by word: what was understood as what, and what an operator may put in its place. Pure. */
import type { Command, NewCorrection, Registry, Understood } from "../api/types";

/** How a word is underlined: never told by a colour, and each with a label. */
export type Look = "plain" | "place" | "robot" | "item" | "value" | "unused" | "asked";

export interface Piece {
  text: string;
  look: Look;
  /** Under the word: the slot, and the registry's name where the operator has said another one. */
  label: string;
  /** The word, where it can be corrected. */
  word: Understood | null;
}

export interface Option {
  value: string;
  hint: string;
}

/** Options shown at once; more are found by typing. */
export const OPTIONS_MAX = 60;

const SLOT_WORDS: Record<string, string> = {
  from: "from",
  to: "to",
  stops: "stop",
  avoid: "not through",
  item: "what",
  quantity: "how many",
  robot: "robot",
  robot_type: "kind of robot",
  robots_needed: "robots",
  repeat: "again",
  priority: "priority",
  not_before: "not before",
  deadline: "done by",
  until: "until",
  duration_minutes: "for",
  speed: "speed",
  targets: "which",
  except: "not",
};
const NAMED: Record<string, "place" | "item" | "robot" | "type" | "target"> = {
  from: "place",
  to: "place",
  stops: "place",
  avoid: "place",
  item: "item",
  robot: "robot",
  robot_type: "type",
  targets: "target",
  except: "target",
};
/** Slots where an area stands as its places. */
const TAKES_AREA = new Set(["stops", "avoid", "targets", "except"]);
const LOOKS: Record<string, Look> = { place: "place", area: "place", robot: "robot", type: "robot", item: "item", unknown: "item" };

/** The text in pieces, in order; together they are the whole text. Positions are code points, as Python counts. */
export function piecesOf(command: Command): Piece[] {
  const letters = [...(command.text ?? "")];
  const many = (command.ir?.tasks ?? []).length > 1;
  const pieces: Piece[] = [];
  let at = 0;
  const plain = (to: number): void => {
    if (to > at) pieces.push({ text: letters.slice(at, to).join(""), look: "plain", label: "", word: null });
    at = to;
  };
  for (const word of marked(command)) {
    if (word.start < at || word.end <= word.start || word.end > letters.length) continue;
    plain(word.start);
    const text = letters.slice(word.start, word.end).join("");
    const may = command.state === "planned" && correctable(word);
    pieces.push({ text, look: lookOf(word), label: labelOf(word, text, many), word: may ? word : null });
    at = word.end;
  }
  plain(letters.length);
  return pieces;
}

/** What was understood, and over it the words that a question is about. */
function marked(command: Command): Understood[] {
  const words = command.understood ?? [];
  const { start = 0, end = 0 } = command.asked ?? {};
  const asked = command.state === "clarify" && end > start ? [{ start, end, kind: "asked" }] : [];
  const clear = words.filter((word) => asked.every((other) => word.end <= other.start || word.start >= other.end));
  return [...clear, ...asked].toSorted((a, b) => a.start - b.start);
}

function lookOf(word: Understood): Look {
  if (word.kind === "asked") return "asked";
  if ((word.slots ?? []).length === 0) return "unused";
  return LOOKS[word.kind] ?? "value";
}

function labelOf(word: Understood, text: string, many: boolean): string {
  const slots = word.slots ?? [];
  const means = word.means ?? [];
  if (word.kind === "asked") return "?";
  const said = fold(means.join(" ")) === fold(text) || means.length === 0 || !(word.kind in LOOKS);
  const meaning = said ? "" : `${word.fuzzy ? "≈ " : ""}${means.length > 2 ? `${means[0]} … ${means.at(-1)}` : means.join(", ")}`;
  const slot = slots.length === 0 ? "not used" : slotLabel(slots, many);
  const unknown = word.kind === "unknown" && slots.length > 0 ? "not in the registry" : "";
  return [slot, meaning || (word.fuzzy ? "≈" : ""), unknown].filter(Boolean).join(" · ");
}

/** "to", or in a command of several tasks "1 to", "1, 2 robot". */
export function slotLabel(slots: readonly string[], many: boolean): string {
  const tasks = new Map<string, string[]>();
  for (const slot of slots) {
    const [part = "", field = ""] = slot.split(".");
    const word = SLOT_WORDS[field] ?? field.replaceAll("_", " ");
    const task = /^t(\d+)$/.exec(part)?.[1];
    tasks.set(word, [...(tasks.get(word) ?? []), ...(many && task !== undefined ? [task] : [])]);
  }
  return [...tasks].map(([word, of]) => (of.length > 0 ? `${runs(of)} ${word}` : word)).join(" · ");
}

/** "1–4" for 1, 2, 3, 4. */
function runs(numbers: readonly string[]): string {
  const first = Number(numbers[0]);
  const inRow = numbers.length > 2 && numbers.every((number, index) => Number(number) === first + index);
  return inRow ? `${first}–${numbers.at(-1)}` : numbers.join(", ");
}

/** Whether one other value can stand in its place: a word for several names cannot be changed as one. */
export function correctable(word: Understood): boolean {
  const slots = word.slots ?? [];
  if (slots.length === 0 || (word.means ?? []).length !== 1) return false;
  const fields = slots.map(fieldOf);
  return fields.every((field, index) => field in SLOT_WORDS && !slots[index]?.startsWith("query.") && (word.kind !== "area" || TAKES_AREA.has(field)));
}

export function correctionOf(word: Understood, value: string): NewCorrection {
  const [slot = "", ...also] = word.slots ?? [];
  return { slot, value, was: word.means?.[0] ?? "", ...(also.length > 0 ? { also } : {}) };
}

/** The registry's names that may stand in the word's slot; none where it holds a number or a time. */
export function optionsFor(word: Understood, registry: Registry): Option[] {
  const field = fieldOf(word.slots?.[0] ?? "");
  const kind = NAMED[field];
  const places = (registry.places ?? []).map(({ name, kind: what = "", area = "" }) => ({ value: name, hint: [fold(what) === fold(area) ? "" : what.replaceAll("_", " "), area].filter(Boolean).join(", ") }));
  const areas = [...new Set((registry.places ?? []).map((place) => place.area ?? ""))].filter(Boolean).map((value) => ({ value, hint: "area" }));
  const robots = (registry.robots ?? []).map(({ name, type = "" }) => ({ value: name, hint: type }));
  const types = Object.keys(registry.type_aliases ?? {}).map((value) => ({ value, hint: "all of this kind" }));
  if (kind === "place") return [...places, ...(TAKES_AREA.has(field) ? areas : [])];
  if (kind === "item") return (registry.items ?? []).map(({ name }) => ({ value: name, hint: "" }));
  if (kind === "robot") return robots;
  if (kind === "type") return types.map(({ value }) => ({ value, hint: "" }));
  return kind === "target" ? [...robots, ...types, ...places, ...areas, { value: "all", hint: "" }] : [];
}

/** Those that hold what was typed, names that begin with it first; what is free to say is offered as it is typed. */
export function matching(options: readonly Option[], typed: string, free: boolean): Option[] {
  const wanted = fold(typed);
  const found = options.filter((option) => fold(`${option.value} ${option.hint}`).includes(wanted));
  const sorted = wanted === "" ? found : found.toSorted((a, b) => rank(a, wanted) - rank(b, wanted));
  const own = free && wanted !== "" && !options.some((option) => fold(option.value) === wanted) ? [{ value: typed.trim(), hint: "as typed" }] : [];
  return [...sorted, ...own];
}

/** Numbers and times, and things that no registry holds, may be typed. */
export function isFree(word: Understood): boolean {
  const kind = NAMED[fieldOf(word.slots?.[0] ?? "")];
  return kind === undefined || kind === "item";
}

export function placeholderFor(word: Understood): string {
  const field = fieldOf(word.slots?.[0] ?? "");
  if (field in NAMED) return "type to find";
  if (field === "speed") return "50 percent, or 0.8 mps";
  if (field === "priority") return "low, normal, high or urgent";
  return ["quantity", "robots_needed"].includes(field) ? "a number" : "minutes, or a time such as 15:30";
}

/** "smollm2 · adapter 1a2b3c4d · 93 % sure · German · read in 0.4 s" */
export function detailOf(command: Command): string {
  const parts = [command.model ?? ""];
  if (command.adapter) parts.push(`adapter ${command.adapter.slice(0, 8)}`);
  if (command.confidence) parts.push(`${Math.round(command.confidence * 100)} % sure`);
  if (command.language && command.language !== "en") parts.push(languageName(command.language));
  if (command.translate_s) parts.push(`read in ${command.translate_s.toFixed(1)} s`);
  return parts.filter(Boolean).join(" · ");
}

/** The question without the list of its choices, which the page shows as buttons. */
export function questionOf(command: Command): string {
  const listed = ` (${(command.choices ?? []).join(", ")})`;
  const question = command.question ?? "";
  return question.endsWith(listed) ? question.slice(0, -listed.length) : question;
}

function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(code) ?? code;
  } catch {
    return code; // no language tag
  }
}

function fieldOf(slot: string): string {
  return slot.split(".")[1] ?? "";
}

function rank(option: Option, wanted: string): number {
  const at = fold(option.value).indexOf(wanted);
  return at < 0 ? 1_000 : at;
}

/** As `fleet/tasks/names.fold`: case, spaces and hyphens do not matter. */
export function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/[\s_-]+/gu, "");
}
