import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import type { Command } from "../api/types";
import { newsAge, type RobotRow } from "../model/views";
import type { World } from "../model/world";
import type { Actions } from "../page/actions";
import { useSession } from "../page/session";
import type { Preview } from "./draw_ways";
import { Legend } from "./Legend";
import { CanvasMap, type MapRenderer } from "./renderer";
import { MapTools, ZOOM_STEP } from "./MapTools";
import { RobotCard } from "./RobotCard";
import { closedAreas, type Level, type Station } from "./scene";

const PAN_PX = 60;
/** A press that moved less than this is a click. */
const CLICK_PX = 4;

interface Props {
  levels: readonly Level[];
  world: World;
  robots: readonly RobotRow[];
  selected: string;
  follow: boolean;
  plan: Command | null;
  stale: boolean;
  now_at: number;
  /** Age of the newest picture by edge node, seconds. */
  ages: ReadonlyMap<string, number>;
  actions: Actions;
  onSelect: (robot: string) => void;
  onFollow: (follow: boolean) => void;
  onPlace: (name: string) => void;
}

export function FleetMap(props: Props) {
  const { levels, world, robots, selected, follow, plan, stale, now_at, ages, onSelect, onFollow, onPlace } = props;
  const { motion } = useSession();
  const frame = useRef<HTMLDivElement>(null);
  const below = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const map = useRef<MapRenderer | null>(null);
  const [levelKey, setLevelKey] = useState("");
  const [over, setOver] = useState<{ station: Station; x: number; y: number } | null>(null);
  const level = levels.find((one) => one.key === levelKey) ?? levels[0] ?? null;

  useEffect(() => {
    const renderer = new CanvasMap(below.current as HTMLCanvasElement, above.current as HTMLCanvasElement, motion);
    map.current = renderer;
    const box = frame.current as HTMLDivElement;
    const sizes = new ResizeObserver(() => renderer.resize(box.clientWidth, box.clientHeight, window.devicePixelRatio || 1));
    sizes.observe(box);
    void document.fonts.ready.then(() => renderer.redraw());
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const rect = box.getBoundingClientRect();
      renderer.zoom(Math.exp(-event.deltaY * 0.0015), event.clientX - rect.left, event.clientY - rect.top);
    };
    box.addEventListener("wheel", wheel, { passive: false });
    return () => {
      sizes.disconnect();
      box.removeEventListener("wheel", wheel);
      renderer.stop();
      map.current = null;
    };
  }, [motion]);

  const minute = Math.floor(now_at / 5);
  const closed = useMemo(
    () => (level === null ? [] : closedAreas(world.closures.values(), level, minute * 5)),
    [world.closures, level, minute],
  );
  const ways = useMemo(() => new Map(robots.map((robot) => [robot.name, robot])), [robots]);
  const previews = useMemo(() => previewsOf(plan), [plan]);
  const second = robots.some((robot) => robot.stale) ? Math.floor(now_at) : 0;
  const away = useMemo(
    () => new Map(robots.flatMap((robot): [string, number][] => (robot.stale ? [[robot.name, newsAge(robot, second, ages)]] : []))),
    [robots, second, ages],
  );
  useEffect(() => {
    map.current?.show({ level, closed, robots: ways, selected, follow, previews, stale, away });
  }, [level, closed, ways, selected, follow, previews, stale, away]);

  const press = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    press.current = { x: event.clientX, y: event.clientY, moved: false };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const held = press.current;
    if (held === null) {
      const [x, y] = at(event);
      const hit = map.current?.hit(x, y) ?? null;
      event.currentTarget.style.cursor = hit === null ? "" : "pointer";
      setOver(hit?.kind === "station" ? { station: hit.station, x, y } : null);
      return;
    }
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moved && Math.hypot(dx, dy) < CLICK_PX) return;
    if (follow) onFollow(false);
    map.current?.pan(dx, dy);
    press.current = { x: event.clientX, y: event.clientY, moved: true };
  };
  const onPointerUp = (event: PointerEvent<HTMLDivElement>): void => {
    const held = press.current;
    press.current = null;
    if (held === null || held.moved) return;
    const [x, y] = at(event);
    const hit = map.current?.hit(x, y) ?? null;
    if (hit?.kind === "robot") onSelect(hit.name);
    else if (hit?.kind === "station") onPlace(hit.station.name);
    else onSelect("");
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (moveByKey(map.current, event.key)) event.preventDefault();
  };
  const robot = robots.find((one) => one.name === selected);
  return (
    <section className="panel map" aria-labelledby="map-title" data-stale={stale}>
      <h2 id="map-title" className="sr">
        Map
      </h2>
      <div className="map-area">
        <div
          className="map-frame"
          ref={frame}
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={onPointerUp}
          onPointerLeave={() => setOver(null)}
          onKeyDown={onKeyDown}
        >
          <canvas ref={below} aria-hidden="true" />
          <canvas ref={above} id="fleet-map" role="img" aria-label="Fleet map" tabIndex={0} />
          {over !== null && <Tip station={over.station} x={over.x} y={over.y} />}
        </div>
        {level === null && <p className="map-empty">{world.ready ? "No layout yet: add one with drover apply -f." : "Waiting for the first data…"}</p>}
        <MapTools levels={levels} level={level} map={map} onLevel={setLevelKey} />
        <Legend planned={previews.length > 0} closed={closed.length > 0} />
      </div>
      {robot !== undefined && (
        <RobotCard
          robot={robot}
          world={world}
          now_at={now_at}
          follow={follow}
          actions={props.actions}
          onFollow={onFollow}
          onShow={() => map.current?.centreOn(robot.name)}
          onClose={() => onSelect("")}
        />
      )}
    </section>
  );
}

/** Where in the map the pointer is, CSS pixels. */
function at(event: PointerEvent): [number, number] {
  const box = event.currentTarget.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function Tip({ station, x, y }: { station: Station; x: number; y: number }) {
  const more = [station.kind, station.area, station.aliases.length > 0 ? `also ${station.aliases.join(", ")}` : ""].filter(Boolean);
  return (
    <div className="map-tip" style={{ left: x + 14, top: y + 14 }} aria-hidden="true">
      <strong>{station.name}</strong>
      {more.length > 0 && <span>{more.join(" · ")}</span>}
    </div>
  );
}

/** The ways of a plan that waits for its confirmation; nothing else is a preview. */
function previewsOf(plan: Command | null): Preview[] {
  if (plan?.state !== "planned") return [];
  return (plan.plan?.tasks ?? []).map((task, index) => ({
    label: String(index + 1),
    robot: task.robot,
    points: (task.points ?? []).map(([x, y]) => ({ x, y })),
  }));
}

function moveByKey(map: MapRenderer | null, key: string): boolean {
  if (map === null) return false;
  if (key === "+" || key === "=") map.zoom(ZOOM_STEP);
  else if (key === "-") map.zoom(1 / ZOOM_STEP);
  else if (key === "0") map.fit();
  else if (key === "ArrowLeft") map.pan(PAN_PX, 0);
  else if (key === "ArrowRight") map.pan(-PAN_PX, 0);
  else if (key === "ArrowUp") map.pan(0, PAN_PX);
  else if (key === "ArrowDown") map.pan(0, -PAN_PX);
  else return false;
  return true;
}
