/** Ways on the map: released (solid), intended (dashed), and the preview of a plan that waits for confirmation. */
import type { Point } from "./scene";
import type { Way } from "./paths";
import { FONT } from "./draw_site";
import { screenX, screenY, type View } from "./view";

export const PLAN_COLOUR = "#34C6A8";

export interface Preview {
  label: string;
  robot: string;
  points: readonly Point[];
}

export function drawWay(ctx: CanvasRenderingContext2D, view: View, way: Way, chosen: boolean): void {
  ctx.lineCap = "butt";
  ctx.lineJoin = "round";
  ctx.strokeStyle = chosen ? "#FFFFFF" : "#8B95A1";
  ctx.lineWidth = chosen ? 3 : 2;
  line(ctx, view, way.base);
  ctx.strokeStyle = chosen ? "#C3CAD3" : "#66727E";
  ctx.lineWidth = chosen ? 2 : 1.5;
  ctx.setLineDash([5, 5]);
  line(ctx, view, way.horizon);
  ctx.setLineDash([]);
  const goal = way.horizon.at(-1) ?? way.base.at(-1);
  if (goal === undefined || way.base.length + way.horizon.length < 2) return;
  ctx.beginPath();
  ctx.arc(screenX(view, goal.x), screenY(view, goal.y), chosen ? 5 : 3.5, 0, 2 * Math.PI);
  ctx.lineWidth = 1.5;
  ctx.stroke();
}

/** Not yet real: a broad band in the plan's own colour with arrows, and a numbered flag at its end. */
export function drawPreviews(ctx: CanvasRenderingContext2D, view: View, previews: readonly Preview[]): void {
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  for (const { points } of previews) {
    ctx.strokeStyle = "rgba(52, 198, 168, 0.28)";
    ctx.lineWidth = 9;
    line(ctx, view, points);
    ctx.strokeStyle = PLAN_COLOUR;
    ctx.lineWidth = 2;
    line(ctx, view, points);
    heads(ctx, view, points);
  }
  for (const preview of previews) flag(ctx, view, preview);
}

function line(ctx: CanvasRenderingContext2D, view: View, points: readonly Point[]): void {
  if (points.length < 2) return;
  ctx.beginPath();
  points.forEach((point, index) => {
    if (index === 0) ctx.moveTo(screenX(view, point.x), screenY(view, point.y));
    else ctx.lineTo(screenX(view, point.x), screenY(view, point.y));
  });
  ctx.stroke();
}

/** An arrowhead about every 70 px of the way. */
function heads(ctx: CanvasRenderingContext2D, view: View, points: readonly Point[]): void {
  let run = 35;
  ctx.fillStyle = PLAN_COLOUR;
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1] as Point, points[i] as Point];
    const [ax, ay, bx, by] = [screenX(view, a.x), screenY(view, a.y), screenX(view, b.x), screenY(view, b.y)];
    const length = Math.hypot(bx - ax, by - ay);
    if (length === 0) continue;
    const [dx, dy] = [(bx - ax) / length, (by - ay) / length];
    while (run < length) {
      const [x, y] = [ax + dx * run, ay + dy * run];
      ctx.beginPath();
      ctx.moveTo(x + dx * 6, y + dy * 6);
      ctx.lineTo(x - dx * 4 - dy * 5, y - dy * 4 + dx * 5);
      ctx.lineTo(x - dx * 4 + dy * 5, y - dy * 4 - dx * 5);
      ctx.fill();
      run += 70;
    }
    run -= length;
  }
}

function flag(ctx: CanvasRenderingContext2D, view: View, preview: Preview): void {
  const end = preview.points.at(-1);
  if (end === undefined) return;
  const x = screenX(view, end.x);
  const y = screenY(view, end.y);
  ctx.font = `700 11px ${FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const width = Math.max(ctx.measureText(preview.label).width + 10, 18);
  ctx.fillStyle = PLAN_COLOUR;
  ctx.strokeStyle = "#14171B";
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.roundRect(x - width / 2, y - 9, width, 18, 9);
  ctx.stroke();
  ctx.fill();
  ctx.fillStyle = "#0B1512";
  ctx.fillText(preview.label, x, y + 0.5);
}
