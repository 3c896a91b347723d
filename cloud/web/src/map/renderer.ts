/**
 * The map's one small interface, and its Canvas 2D implementation: two canvases, the site below and what moves above.
 *
 * React hands over a MapPicture when something changed; poses are read from Motion in each animation frame. Nothing is
 * drawn while nothing moves.
 */
import type { Drawn, Motion } from "../feed/motion";
import { drawRobots, markSize } from "./draw_robots";
import { drawSite, INK } from "./draw_site";
import { drawPreviews, drawWay, type Preview } from "./draw_ways";
import { hitTest, type Hit } from "./hit";
import type { Box } from "./labels";
import { wayOf } from "./paths";
import type { ClosedArea, Level } from "./scene";
import { fitTo, panBy, zoomAt, type View } from "./view";

/** Ways of all robots are drawn up to this many robots; beyond, only that of the selected one. */
const WAYS_MAX = 60;
/** Robots' ages are written on the map, so it is redrawn this often even when nothing moves. */
const IDLE_REDRAW_MS = 1_000;
const RIM_PX = 40;
/** The legend and the buttons lie over the top of the map. */
const HEAD_PX = 28;

export interface RobotWay {
  name: string;
  path: readonly string[];
  base_nodes: number;
  map_id: string;
}

export interface MapPicture {
  level: Level | null;
  closed: readonly ClosedArea[];
  robots: ReadonlyMap<string, RobotWay>;
  selected: string;
  follow: boolean;
  previews: readonly Preview[];
  stale: boolean;
  away: ReadonlyMap<string, number>;
}

export interface MapRenderer {
  show(picture: MapPicture): void;
  resize(width: number, height: number, ratio: number): void;
  pan(dx_px: number, dy_px: number): void;
  zoom(factor: number, x_px?: number, y_px?: number): void;
  fit(): void;
  centreOn(robot: string): void;
  hit(x_px: number, y_px: number): Hit;
  redraw(): void;
  stop(): void;
}

export class CanvasMap implements MapRenderer {
  private view: View = { scale: 10, cx: 0, cy: 0, width: 0, height: 0 };
  private picture: MapPicture = {
    level: null,
    closed: [],
    robots: new Map(),
    selected: "",
    follow: false,
    previews: [],
    stale: false,
    away: new Map(),
  };
  private siteDue = true;
  private names: readonly Box[] = [];
  private due = true;
  private fitted = "";
  private motionSeen = -1;
  private drawn_ms = 0;
  private handle = 0;
  private ratio = 1;
  private readonly below: HTMLCanvasElement;
  private readonly above: HTMLCanvasElement;
  private readonly motion: Motion;

  constructor(below: HTMLCanvasElement, above: HTMLCanvasElement, motion: Motion) {
    this.below = below;
    this.above = above;
    this.motion = motion;
    this.handle = requestAnimationFrame(this.tick);
  }

  show(picture: MapPicture): void {
    const old = this.picture;
    this.picture = picture;
    this.due = true;
    if (old.level !== picture.level || old.closed !== picture.closed) this.siteDue = true;
    this.fitOnce();
  }

  resize(width: number, height: number, ratio: number): void {
    for (const canvas of [this.below, this.above]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.ratio = ratio;
    const whole = this.fitted === "" || this.isFit();
    this.view = { ...this.view, width, height };
    if (whole && this.picture.level !== null) this.fit();
    this.redraw();
  }

  pan(dx_px: number, dy_px: number): void {
    this.view = panBy(this.view, dx_px, dy_px);
    this.redraw();
  }

  zoom(factor: number, x_px = this.view.width / 2, y_px = this.view.height / 2): void {
    this.view = zoomAt(this.view, factor, x_px, y_px);
    this.redraw();
  }

  fit(): void {
    const { level } = this.picture;
    if (level !== null) this.view = fitTo(level.bounds, this.view.width, this.view.height, RIM_PX, HEAD_PX);
    this.redraw();
  }

  centreOn(robot: string): void {
    const pose: Drawn = { x_m: 0, y_m: 0, theta_rad: 0 };
    const slot = this.motion.slot(robot);
    if (slot < 0 || !this.motion.read(slot, performance.now(), pose)) return;
    if (pose.x_m === this.view.cx && pose.y_m === this.view.cy) return;
    this.view = { ...this.view, cx: pose.x_m, cy: pose.y_m };
    this.siteDue = true;
  }

  hit(x_px: number, y_px: number): Hit {
    const { level } = this.picture;
    const reach = markSize(this.view.scale, this.picture.robots.size) / 2 + 7;
    return hitTest(this.view, this.motion, level?.stations ?? [], x_px, y_px, performance.now(), reach, this.shown);
  }

  redraw(): void {
    this.siteDue = true;
    this.due = true;
  }

  stop(): void {
    cancelAnimationFrame(this.handle);
  }

  private readonly tick = (): void => {
    this.handle = requestAnimationFrame(this.tick);
    const now = performance.now();
    const moving = this.motion.moving(now);
    const changed = this.due || this.motionSeen !== this.motion.version || now - this.drawn_ms > IDLE_REDRAW_MS;
    if ((!moving && !changed) || this.view.width === 0) return;
    if (this.picture.follow && this.picture.selected !== "") this.centreOn(this.picture.selected);
    if (this.siteDue) this.drawBelow();
    this.drawAbove();
    this.motionSeen = this.motion.version;
    this.drawn_ms = now;
    this.due = false;
  };

  private drawBelow(): void {
    const ctx = this.below.getContext("2d");
    if (ctx === null) return;
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    if (this.picture.level !== null) this.names = drawSite(ctx, this.view, this.picture.level, this.picture.closed);
    else {
      ctx.fillStyle = INK.ground;
      ctx.fillRect(0, 0, this.view.width, this.view.height);
    }
    this.siteDue = false;
  }

  private drawAbove(): void {
    const ctx = this.above.getContext("2d");
    const { level, robots, selected, previews, stale, away } = this.picture;
    if (ctx === null) return;
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    ctx.clearRect(0, 0, this.view.width, this.view.height);
    if (level === null) return;
    const now = performance.now();
    const pose: Drawn = { x_m: 0, y_m: 0, theta_rad: 0 };
    for (const robot of robots.values()) {
      const chosen = robot.name === selected;
      if (robot.path.length < 2 || (robots.size > WAYS_MAX && !chosen) || !this.shown(robot.name)) continue;
      if (!this.motion.read(this.motion.slot(robot.name), now, pose)) continue;
      drawWay(ctx, this.view, wayOf(robot.path, robot.base_nodes, level.nodes, { x: pose.x_m, y: pose.y_m }), chosen);
    }
    drawPreviews(ctx, this.view, previews);
    const planned = new Set(previews.map((preview) => preview.robot));
    drawRobots(ctx, this.view, this.motion, { selected, planned, shown: this.shown, stale, away, names: this.names }, now);
  }

  private readonly shown = (name: string): boolean => {
    const { level, robots } = this.picture;
    const map = robots.get(name)?.map_id ?? "";
    return level === null || map === "" || level.mapIds.size === 0 || level.mapIds.has(map);
  };

  private fitOnce(): void {
    const { level } = this.picture;
    if (level === null || this.fitted === level.key || this.view.width === 0) return;
    this.fitted = level.key;
    this.fit();
  }

  /** Whether the view is still the one that `fit` made, so that a resize may fit again. */
  private isFit(): boolean {
    const { level } = this.picture;
    if (level === null) return false;
    const fit = fitTo(level.bounds, this.view.width, this.view.height, RIM_PX, HEAD_PX);
    return Math.abs(fit.scale - this.view.scale) < 1e-6 && Math.abs(fit.cx - this.view.cx) < 1e-6;
  }
}
