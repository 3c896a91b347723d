/** A robot's way as points: what is released (VDA 5050 base) and what is only intended (horizon). Pure. */
import type { Point } from "./scene";

export interface Way {
  base: Point[];
  horizon: Point[];
}

/**
 * `path`: node ids from the robot's last node onwards, the first `base_nodes` of them released. The robot stands
 * somewhere after the first node, so the way starts at `at` instead of there.
 */
export function wayOf(path: readonly string[], base_nodes: number, nodes: ReadonlyMap<string, Point>, at: Point): Way {
  const base: Point[] = [at];
  const horizon: Point[] = [];
  path.forEach((id, index) => {
    const node = nodes.get(id);
    if (node === undefined || index === 0) return;
    if (index < base_nodes) base.push(node);
    else horizon.push(node);
  });
  const last = base.at(-1) as Point;
  return { base, horizon: horizon.length > 0 ? [last, ...horizon] : [] };
}
