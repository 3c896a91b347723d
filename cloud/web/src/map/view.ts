/** The window onto the site: metres (y up) to CSS pixels (y down) and back. Pure. */

export interface View {
  /** Pixels per metre. */
  scale: number;
  /** The point of the site in the middle of the canvas, metres. */
  cx: number;
  cy: number;
  width: number;
  height: number;
}

export interface Bounds {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export const SCALE_MIN = 0.5;
export const SCALE_MAX = 160;

export function screenX(view: View, x_m: number): number {
  return (x_m - view.cx) * view.scale + view.width / 2;
}

export function screenY(view: View, y_m: number): number {
  return view.height / 2 - (y_m - view.cy) * view.scale;
}

export function worldX(view: View, x_px: number): number {
  return (x_px - view.width / 2) / view.scale + view.cx;
}

export function worldY(view: View, y_px: number): number {
  return (view.height / 2 - y_px) / view.scale + view.cy;
}

/** Zoomed by `factor` with the point under (x_px, y_px) staying where it is. */
export function zoomAt(view: View, factor: number, x_px: number, y_px: number): View {
  const scale = Math.min(Math.max(view.scale * factor, SCALE_MIN), SCALE_MAX);
  const x = worldX(view, x_px);
  const y = worldY(view, y_px);
  return { ...view, scale, cx: x - (x_px - view.width / 2) / scale, cy: y + (y_px - view.height / 2) / scale };
}

export function panBy(view: View, dx_px: number, dy_px: number): View {
  return { ...view, cx: view.cx - dx_px / view.scale, cy: view.cy + dy_px / view.scale };
}

/** The whole of `bounds` in sight with a rim of `rim_px`, and `head_px` more at the top for what lies over the map. */
export function fitTo(bounds: Bounds, width: number, whole_px: number, rim_px: number, head_px = 0): View {
  const height = whole_px - head_px;
  const room = (size_px: number, size_m: number): number => Math.max(size_px - 2 * rim_px, 40) / Math.max(size_m, 1);
  const scale = Math.min(room(width, bounds.x1 - bounds.x0), room(height, bounds.y1 - bounds.y0), SCALE_MAX);
  const kept = Math.max(scale, SCALE_MIN);
  return {
    scale: kept,
    cx: (bounds.x0 + bounds.x1) / 2,
    cy: (bounds.y0 + bounds.y1) / 2 + head_px / 2 / kept,
    width,
    height: whole_px,
  };
}

export function boundsOf(points: Iterable<{ x: number; y: number }>): Bounds | null {
  let bounds: Bounds | null = null;
  for (const { x, y } of points) {
    bounds ??= { x0: x, y0: y, x1: x, y1: y };
    bounds.x0 = Math.min(bounds.x0, x);
    bounds.y0 = Math.min(bounds.y0, y);
    bounds.x1 = Math.max(bounds.x1, x);
    bounds.y1 = Math.max(bounds.y1, y);
  }
  return bounds;
}
