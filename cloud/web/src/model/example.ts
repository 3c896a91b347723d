/** A sentence that this site understands, for the empty command box. */
import type { World } from "./world";

const STANDS: ReadonlySet<string> = new Set(["charger", "parking", "no_robot_zone", "rack", ""]);

export function exampleOf(world: World): string {
  for (const { spec } of world.layouts.values()) {
    const byKind = new Map((spec.places ?? []).toReversed().map((place) => [place.kind ?? "", place.name]));
    const dock = byKind.get("dock");
    byKind.delete("dock");
    const names = [dock, ...[...byKind].flatMap(([kind, name]) => (STANDS.has(kind) ? [] : name))].filter((name) => name !== undefined);
    const item = spec.items?.[0]?.name ?? "box";
    if (names.length > 1) return `bring 1 ${item} from ${names[0]} to ${names[1]}`;
  }
  return "where are the robots?";
}
