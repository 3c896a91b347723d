/** The still part of the map: lanes with their directions, stations, closures, names. Redrawn when view or site change. */
import { around, Labels, type Box } from "./labels";
import type { ClosedArea, Level, Point, Station } from "./scene";
import { screenX, screenY, type View } from "./view";

export const INK = {
  ground: "#14171B",
  road: "#21272E",
  line: "#36404A",
  arrow: "#6A7683",
  node: "#46515C",
  box: "#2A313A",
  boxRim: "#4A5561",
  name: "#AEB8C3",
  area: "#77828E",
  closed: "#F0C419",
} as const;

export const FONT = '"Inter Variable", system-ui, sans-serif';

/** Width that a robot's lane is drawn with, metres. */
const ROAD_M = 1.0;
const ARROW_SCALE_MIN = 7;
const NODE_SCALE_MIN = 22;
const NAME_SCALE_MIN = 7;

/** Answers where names stand, so that robots' names can keep clear of them. */
export function drawSite(ctx: CanvasRenderingContext2D, view: View, level: Level, closed: readonly ClosedArea[]): readonly Box[] {
  ctx.fillStyle = INK.ground;
  ctx.fillRect(0, 0, view.width, view.height);
  roads(ctx, view, level);
  for (const area of closed) closure(ctx, view, level, area);
  if (view.scale >= ARROW_SCALE_MIN) arrows(ctx, view, level);
  if (view.scale >= NODE_SCALE_MIN) nodes(ctx, view, level);
  for (const station of level.stations) box(ctx, view, station);
  return names(ctx, view, level, closed);
}

function roads(ctx: CanvasRenderingContext2D, view: View, level: Level): void {
  const path = new Path2D();
  for (const { from, to } of level.lanes) {
    path.moveTo(screenX(view, from.x), screenY(view, from.y));
    path.lineTo(screenX(view, to.x), screenY(view, to.y));
  }
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  ctx.lineWidth = Math.max(ROAD_M * view.scale, 3);
  ctx.strokeStyle = INK.road;
  ctx.stroke(path);
  ctx.lineWidth = 1;
  ctx.strokeStyle = INK.line;
  ctx.stroke(path);
}

/** One chevron in the middle of each one-way lane; long lanes get one about every 4 m. */
function arrows(ctx: CanvasRenderingContext2D, view: View, level: Level): void {
  const size = Math.min(Math.max(view.scale * 0.16, 2.5), 6);
  ctx.beginPath();
  for (const { from, to, oneWay } of level.lanes) {
    if (!oneWay) continue;
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    if (length * view.scale < 14) continue;
    const [dx, dy] = [(to.x - from.x) / length, -(to.y - from.y) / length];
    const many = Math.max(1, Math.floor(length / 4));
    for (let i = 0; i < many; i++) {
      const share = (i + 0.5) / many;
      const x = screenX(view, from.x + (to.x - from.x) * share);
      const y = screenY(view, from.y + (to.y - from.y) * share);
      ctx.moveTo(x - dx * size - dy * size, y - dy * size + dx * size);
      ctx.lineTo(x + dx * size * 0.6, y + dy * size * 0.6);
      ctx.lineTo(x - dx * size + dy * size, y - dy * size - dx * size);
    }
  }
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = INK.arrow;
  ctx.stroke();
}

function nodes(ctx: CanvasRenderingContext2D, view: View, level: Level): void {
  ctx.fillStyle = INK.node;
  ctx.beginPath();
  for (const node of level.nodes.values()) {
    const x = screenX(view, node.x);
    const y = screenY(view, node.y);
    ctx.moveTo(x + 2, y);
    ctx.arc(x, y, 2, 0, 2 * Math.PI);
  }
  ctx.fill();
}

function box(ctx: CanvasRenderingContext2D, view: View, station: Station): void {
  const x = screenX(view, station.x);
  const y = screenY(view, station.y);
  const half = Math.max(station.half * view.scale, 2);
  if (x < -half || y < -half || x > view.width + half || y > view.height + half) return;
  if (station.door !== null) {
    ctx.strokeStyle = INK.boxRim;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(screenX(view, station.door.x), screenY(view, station.door.y));
    ctx.stroke();
  }
  ctx.fillStyle = INK.box;
  ctx.strokeStyle = INK.boxRim;
  ctx.beginPath();
  ctx.roundRect(x - half, y - half, half * 2, half * 2, Math.min(half * 0.3, 4));
  ctx.fill();
  ctx.stroke();
  if (half >= 5) glyph(ctx, station.kind, x, y, half * 0.5);
}

/** A sign for what the station is: a bolt charges, a P parks, bars are a rack, an open side is a dock. */
function glyph(ctx: CanvasRenderingContext2D, kind: string, x: number, y: number, r: number): void {
  ctx.strokeStyle = INK.name;
  ctx.lineWidth = Math.min(Math.max(r * 0.28, 1), 2);
  ctx.beginPath();
  if (kind === "charger") lines(ctx, x, y, r, [[0.3, -1], [-0.5, 0.15], [0.1, 0.15], [-0.3, 1], [0.5, -0.15], [-0.1, -0.15], [0.3, -1]]);
  else if (kind === "parking") {
    lines(ctx, x, y, r, [[-0.4, 1], [-0.4, -1], [0.2, -1]]);
    ctx.arc(x + 0.2 * r, y - 0.45 * r, 0.55 * r, -Math.PI / 2, Math.PI / 2);
    ctx.lineTo(x - 0.4 * r, y + 0.1 * r);
  } else if (kind === "rack") {
    for (const level of [-0.8, 0, 0.8]) lines(ctx, x, y, r, [[-1, level], [1, level]]);
  } else if (kind === "dock") lines(ctx, x, y, r, [[-0.9, -0.9], [-0.9, 0.9], [0.9, 0.9], [0.9, -0.9]]);
  else if (kind === "packing") {
    lines(ctx, x, y, r, [[-0.9, -0.8], [0.9, -0.8], [0.9, 0.9], [-0.9, 0.9], [-0.9, -0.8]]);
    lines(ctx, x, y, r, [[-0.9, -0.2], [0.9, -0.2]]);
  } else {
    ctx.moveTo(x + r * 0.35, y);
    ctx.arc(x, y, r * 0.35, 0, 2 * Math.PI);
  }
  ctx.stroke();
}

function lines(ctx: CanvasRenderingContext2D, x: number, y: number, r: number, points: [number, number][]): void {
  points.forEach(([px, py], index) => {
    if (index === 0) ctx.moveTo(x + px * r, y + py * r);
    else ctx.lineTo(x + px * r, y + py * r);
  });
}

/** Hatched in amber: the closed nodes and the lanes between two of them. */
function closure(ctx: CanvasRenderingContext2D, view: View, level: Level, area: ClosedArea): void {
  const shut = new Set(area.nodes);
  const width = Math.max(ROAD_M * view.scale * 1.5, 8);
  const path = new Path2D();
  for (const id of shut) {
    const { x, y } = level.nodes.get(id) as Point;
    path.moveTo(screenX(view, x), screenY(view, y));
    path.lineTo(screenX(view, x) + 0.01, screenY(view, y));
  }
  for (const { from, to, ends } of level.lanes) {
    if (!shut.has(ends[0]) || !shut.has(ends[1])) continue;
    path.moveTo(screenX(view, from.x), screenY(view, from.y));
    path.lineTo(screenX(view, to.x), screenY(view, to.y));
  }
  ctx.lineCap = "round";
  ctx.lineWidth = width;
  ctx.strokeStyle = "#3A3212";
  ctx.stroke(path);
  ctx.strokeStyle = hatch(ctx);
  ctx.stroke(path);
}

let hatching: CanvasPattern | null = null;

function hatch(ctx: CanvasRenderingContext2D): CanvasPattern | string {
  if (hatching !== null) return hatching;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  if (pen === null) return INK.closed;
  pen.strokeStyle = INK.closed;
  pen.lineWidth = 2;
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift - 1, 9);
    pen.lineTo(shift + 9, -1);
  }
  pen.stroke();
  hatching = ctx.createPattern(tile, "repeat");
  return hatching ?? INK.closed;
}

const NAME_RANK: Record<string, number> = { dock: 0, packing: 0, lift: 0, ward: 0, machine: 0, desk: 0, charger: 2, parking: 2, rack: 3 };

/** From afar the areas', from near the stations' by how often people say them; what finds no room waits for a closer look. */
function names(ctx: CanvasRenderingContext2D, view: View, level: Level, closed: readonly ClosedArea[]): readonly Box[] {
  const labels = new Labels();
  for (const station of level.stations) {
    const half = station.half * view.scale;
    labels.block({ x: screenX(view, station.x) - half, y: screenY(view, station.y) - half, width: half * 2, height: half * 2 });
  }
  ctx.textBaseline = "middle";
  ctx.textAlign = "center";
  for (const area of closed) closedName(ctx, view, level, area, labels);
  if (view.scale >= NAME_SCALE_MIN) {
    ctx.font = `500 ${Math.min(Math.max(view.scale * 0.5, 10), 13)}px ${FONT}`;
    const ranked = level.stations.toSorted((a, b) => (NAME_RANK[a.kind] ?? 1) - (NAME_RANK[b.kind] ?? 1));
    for (const station of ranked) stationName(ctx, view, station, labels);
  } else areaNames(ctx, view, level, labels);
  return labels.boxes();
}

function areaNames(ctx: CanvasRenderingContext2D, view: View, level: Level, labels: Labels): void {
  ctx.font = `600 13px ${FONT}`;
  ctx.fillStyle = INK.area;
  for (const area of level.areas) {
    const width = ctx.measureText(area.name).width + 8;
    const [x, y] = [screenX(view, area.x), screenY(view, area.y)];
    if (labels.place([{ x: x - width / 2, y: y - 10, width, height: 20 }]) === 0) ctx.fillText(area.name, x, y);
  }
}

/** "A-01" for Rack A-01: its sign says that it is a rack, and racks stand close. */
function shortName(station: Station): string {
  const cut = /^rack\s+/i;
  return station.kind === "rack" ? station.name.replace(cut, "") : station.name;
}

function stationName(ctx: CanvasRenderingContext2D, view: View, station: Station, labels: Labels): void {
  const x = screenX(view, station.x);
  const y = screenY(view, station.y);
  if (x < -80 || y < -20 || x > view.width + 80 || y > view.height + 20) return;
  const text = shortName(station);
  const width = ctx.measureText(text).width + 4;
  const [above, below, right, left] = around(x, y, width, 13, Math.max(station.half * view.scale, 2) + 2) as [Box, Box, Box, Box];
  const wanted = awayFromDoor(station, above, below, right, left);
  const found = labels.place(wanted);
  if (found < 0) return;
  const spot = wanted[found] as Box;
  ctx.fillStyle = INK.name;
  ctx.fillText(text, spot.x + spot.width / 2, spot.y + spot.height / 2);
}

/** A name stands on the side of the station where no lane is, if there is room. */
function awayFromDoor({ x, y, door }: Station, above: Box, below: Box, right: Box, left: Box): Box[] {
  if (door === null) return [above, below, right, left];
  const [dx, dy] = [x - door.x, y - door.y];
  if (Math.abs(dy) >= Math.abs(dx)) return dy < 0 ? [below, right, left, above] : [above, right, left, below];
  return dx > 0 ? [above, below, right, left] : [above, below, left, right];
}

function closedName(ctx: CanvasRenderingContext2D, view: View, level: Level, area: ClosedArea, labels: Labels): void {
  const points = area.nodes.map((id) => level.nodes.get(id) as Point);
  const x = screenX(view, points.reduce((sum, point) => sum + point.x, 0) / points.length);
  const y = screenY(view, Math.max(...points.map((point) => point.y))) - Math.max(view.scale * 0.75, 8) - 9;
  ctx.font = `600 12px ${FONT}`;
  const text = `closed: ${area.name}`;
  const width = ctx.measureText(text).width + 10;
  const spot = { x: x - width / 2, y: y - 9, width, height: 18 };
  labels.block(spot);
  ctx.fillStyle = INK.closed;
  ctx.beginPath();
  ctx.roundRect(spot.x, spot.y, spot.width, spot.height, 3);
  ctx.fill();
  ctx.fillStyle = "#14171B";
  ctx.fillText(text, x, y + 0.5);
}
