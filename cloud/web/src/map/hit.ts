/** What lies under the pointer: the nearest robot within reach, else a station. Pure. */
import type { Drawn, Motion } from "../feed/motion";
import type { Station } from "./scene";
import { screenX, screenY, worldX, worldY, type View } from "./view";

export type Hit = { kind: "robot"; name: string } | { kind: "station"; station: Station } | null;

/** `reach_px`: how far from a robot's middle a click still means it; `shown`: robots of this level. */
export function hitTest(
  view: View,
  motion: Motion,
  stations: readonly Station[],
  x_px: number,
  y_px: number,
  now_ms: number,
  reach_px: number,
  shown: (name: string) => boolean,
): Hit {
  const pose: Drawn = { x_m: 0, y_m: 0, theta_rad: 0 };
  let best = "";
  let nearest = reach_px;
  for (let slot = 0; slot < motion.count; slot++) {
    const name = motion.names[slot] as string;
    if (!shown(name) || !motion.read(slot, now_ms, pose)) continue;
    const apart = Math.hypot(screenX(view, pose.x_m) - x_px, screenY(view, pose.y_m) - y_px);
    if (apart <= nearest) {
      nearest = apart;
      best = name;
    }
  }
  if (best !== "") return { kind: "robot", name: best };
  const x = worldX(view, x_px);
  const y = worldY(view, y_px);
  const station = stations.find((one) => Math.abs(one.x - x) <= one.half && Math.abs(one.y - y) <= one.half);
  return station === undefined ? null : { kind: "station", station };
}
