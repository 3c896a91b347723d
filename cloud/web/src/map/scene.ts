/** A Layout resource (LIF and places) as what the map draws: lanes, stations, names. Pure; odd files lose only the odd parts. */
import type { Closure, Layout, LifLevel, LifNode, PlaceSpec } from "../api/types";
import { boundsOf, type Bounds } from "./view";

export interface Point {
  x: number;
  y: number;
}

export interface Lane {
  from: Point;
  to: Point;
  oneWay: boolean;
  ends: readonly [string, string];
}

export interface Station extends Point {
  name: string;
  kind: string;
  area: string;
  aliases: readonly string[];
  nodes: readonly string[];
  /** Its first interaction node, where a robot stands. */
  door: Point | null;
  /** Half the side of its box, metres: as large as its neighbours allow. */
  half: number;
}

export interface Level {
  key: string;
  title: string;
  nodes: ReadonlyMap<string, Point>;
  lanes: readonly Lane[];
  stations: readonly Station[];
  areas: readonly (Point & { name: string })[];
  mapIds: ReadonlySet<string>;
  bounds: Bounds;
  /** Place names by interaction node. */
  placeOf: ReadonlyMap<string, string>;
}

const STATION_HALF_M = 0.75;

/** One level per LIF layout that has nodes with a position. */
export function levelsOf(layout: Layout): Level[] {
  const levels = layout.spec.lif?.layouts;
  if (!Array.isArray(levels)) return [];
  return levels.flatMap((level, index) => levelOf(level, `${layout.metadata.name}/${level.layoutLevelId ?? index}`, layout) ?? []);
}

function levelOf(lif: LifLevel, key: string, layout: Layout): Level | null {
  const positioned = (lif.nodes ?? []).filter(hasPosition);
  const nodes = new Map(positioned.map((node) => [node.nodeId, { x: node.nodePosition.x, y: node.nodePosition.y }]));
  const stations = stationsOf(lif, layout.spec.places ?? [], nodes);
  const bounds = boundsOf([...nodes.values(), ...stations]);
  if (bounds === null || nodes.size === 0) return null;
  return {
    key,
    title: lif.layoutName || lif.layoutLevelId || lif.layoutId || layout.metadata.name,
    nodes,
    lanes: lanesOf(lif, nodes),
    stations,
    areas: areasOf(stations),
    mapIds: new Set(positioned.flatMap((node) => node.mapId ?? [])),
    bounds,
    placeOf: new Map(stations.flatMap((station) => station.nodes.map((node) => [node, station.name] as const))),
  };
}

function hasPosition(node: LifNode): boolean {
  return Number.isFinite(node.nodePosition?.x) && Number.isFinite(node.nodePosition?.y);
}

/** Edges as lanes; two edges that run the same way back and forth are one lane without an arrow. */
function lanesOf(lif: LifLevel, nodes: ReadonlyMap<string, Point>): Lane[] {
  const directed = new Set((lif.edges ?? []).map((edge) => pair(edge.startNodeId, edge.endNodeId)));
  const drawn = new Set<string>();
  const lanes: Lane[] = [];
  for (const { startNodeId, endNodeId } of lif.edges ?? []) {
    const from = nodes.get(startNodeId);
    const to = nodes.get(endNodeId);
    const back = pair(endNodeId, startNodeId);
    if (from === undefined || to === undefined || drawn.has(back) || drawn.has(pair(startNodeId, endNodeId))) continue;
    drawn.add(pair(startNodeId, endNodeId));
    lanes.push({ from, to, oneWay: !directed.has(back), ends: [startNodeId, endNodeId] });
  }
  return lanes;
}

function pair(a: string, b: string): string {
  return `${a}\u0000${b}`;
}

function stationsOf(lif: LifLevel, places: readonly PlaceSpec[], nodes: ReadonlyMap<string, Point>): Station[] {
  const placeOf = new Map(places.map((place) => [place.station, place]));
  const stations = (lif.stations ?? []).flatMap((station): Station[] => {
    const doors = (station.interactionNodeIds ?? []).filter((node) => nodes.has(node));
    const door = doors.length > 0 ? (nodes.get(doors[0] as string) as Point) : null;
    const given = station.stationPosition;
    const at = given && Number.isFinite(given.x) && Number.isFinite(given.y) ? given : door;
    if (at === null) return [];
    const place = placeOf.get(station.stationId);
    return [
      {
        x: at.x,
        y: at.y,
        name: place?.name ?? station.stationName ?? station.stationId,
        kind: place?.kind ?? "",
        area: place?.area ?? "",
        aliases: place?.aliases ?? [],
        nodes: doors,
        door,
        half: STATION_HALF_M,
      },
    ];
  });
  for (const station of stations) station.half = halfOf(station, stations, nodes);
  return stations;
}

/** Boxes must neither meet each other nor cover a lane's node, except the one that the station stands on. */
function halfOf(station: Station, stations: readonly Station[], nodes: ReadonlyMap<string, Point>): number {
  let half = STATION_HALF_M;
  const apart = (other: Point): number => Math.max(Math.abs(other.x - station.x), Math.abs(other.y - station.y));
  for (const other of stations) {
    if (other !== station && apart(other) > 0.05) half = Math.min(half, apart(other) * 0.42);
  }
  for (const node of nodes.values()) {
    if (apart(node) > 0.05) half = Math.min(half, apart(node) * 0.62);
  }
  return Math.max(half, 0.15);
}

/** Names of areas with two stations or more, at the middle of these. */
function areasOf(stations: readonly Station[]): (Point & { name: string })[] {
  const groups = groupBy(
    stations.filter((station) => station.area !== ""),
    (station) => station.area,
  );
  return [...groups].flatMap(([name, members]) => {
    const box = boundsOf(members);
    return box === null || members.length < 2 ? [] : [{ name, x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2 }];
  });
}

export interface ClosedArea {
  name: string;
  nodes: readonly string[];
}

/** Active closures with the nodes they shut; the edge's own list, else worked out from the targets. */
export function closedAreas(closures: Iterable<Closure>, level: Level, now_at: number): ClosedArea[] {
  return [...closures].flatMap(({ metadata, spec, status }) => {
    if (spec.until_at && spec.until_at <= now_at) return [];
    const targets = new Set(spec.targets ?? []);
    const listed = status?.nodes ?? [];
    const ofPlaces = level.stations.filter((station) => targets.has(station.name) || targets.has(station.area));
    const worked = [...ofPlaces.flatMap((station) => station.nodes), ...[...targets].filter((target) => level.nodes.has(target))];
    const nodes = (listed.length > 0 ? listed : worked).filter((node) => level.nodes.has(node));
    return nodes.length === 0 ? [] : [{ name: metadata.name, nodes }];
  });
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
