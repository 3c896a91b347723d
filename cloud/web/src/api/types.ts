/**
 * The shapes of `fleet/contracts` as they travel: resources, commands, live messages.
 *
 * Names are spelt as there. The wire leaves out whatever carries its default, so every field with a default is
 * optional here; `model/views.ts` puts the defaults back.
 */

export interface Meta {
  name: string;
  site?: string;
  generation?: number;
  resourceVersion?: number;
  creationTimestamp?: string;
}

export interface Resource<S, U> {
  apiVersion?: string;
  kind: string;
  metadata: Meta;
  spec: S;
  status?: U;
}

export type Kind = "EdgeNode" | "Layout" | "RobotModel" | "Robot" | "Mission" | "Task" | "Closure";

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}
/** Something forbidden: `kind` stop | zone | robot. */
export interface Inhibit {
  id: string;
  kind: string;
  owner?: string;
  by?: string;
  at?: number;
}
export interface EdgeNodeSpec {
  layout?: string;
  api_url?: string;
  inhibits?: Inhibit[];
}
export interface EdgeNodeStatus {
  link?: string;
  last_seen_at?: number;
  backlog?: number;
  backlog_bytes?: number;
  backlog_oldest_at?: number | null;
  backlog_up?: number;
  backlog_up_bytes?: number;
  oldest_unacked_at?: number | null;
  sync_state?: string;
  digest?: string;
  converged_at?: number | null;
  edge_epoch?: number;
  clock_offset_s?: number | null;
  dead_letters?: number;
  kept?: number;
  offline_budget_s?: number | null;
  offline_limit?: string;
  robots?: number;
  robots_online?: number;
  stopped?: boolean;
  inhibits?: Inhibit[];
  conditions?: Condition[];
}

export interface LifNode {
  nodeId: string;
  nodeName?: string;
  mapId?: string;
  nodePosition: { x: number; y: number };
}
export interface LifEdge {
  edgeId: string;
  startNodeId: string;
  endNodeId: string;
}
export interface LifStation {
  stationId: string;
  interactionNodeIds?: string[];
  stationName?: string;
  stationPosition?: { x: number; y: number; theta?: number | null } | null;
}
export interface LifLevel {
  layoutId?: string;
  layoutName?: string;
  layoutLevelId?: string;
  nodes?: LifNode[];
  edges?: LifEdge[];
  stations?: LifStation[];
}
export interface PlaceSpec {
  name: string;
  station: string;
  kind?: string;
  aliases?: string[];
  area?: string;
}
export interface LayoutSpec {
  lif: { layouts?: LifLevel[] };
  title?: string;
  places?: PlaceSpec[];
  items?: { name: string; unit_kg?: number | null; home?: string | null }[];
}

export interface RobotModelSpec {
  type: string;
  manufacturer?: string;
  series?: string;
  payload_kg?: number;
  length_m?: number;
  width_m?: number;
}

export interface RobotSpec {
  model?: string;
  serial_number?: string;
  edge?: string;
  home?: string;
  enabled?: boolean;
  paused?: boolean;
}
export interface RobotError {
  error_type: string;
  level: string;
  description?: string;
  hint?: string;
}
export interface RobotStatus {
  connection?: string;
  activity?: string;
  pose?: { x_m: number; y_m: number; theta_rad?: number; map_id?: string } | null;
  last_node?: string;
  speed_mps?: number;
  battery_pct?: number | null;
  charging?: boolean;
  loads?: string[];
  operating_mode?: string;
  paused?: boolean;
  e_stop?: string;
  errors?: RobotError[];
  order_id?: string;
  task?: string;
  step?: string;
  path?: string[];
  base_nodes?: number;
  reported_at?: number;
}

export interface MissionSpec {
  title?: string;
  edge?: string;
  command?: string;
  text?: string;
  tasks?: string[];
  desired?: string;
  created_by?: string;
  created_at?: number;
}
export interface MissionStatus {
  phase?: string;
  tasks_done?: number;
  tasks_total?: number;
  reason?: string;
  eta_at?: number | null;
  started_at?: number | null;
  finished_at?: number | null;
  observed_generation?: number;
}

export interface TaskSpec {
  mission?: string;
  edge?: string;
  action?: string;
  from?: string | null;
  to?: string | null;
  stops?: string[];
  item?: string | null;
  quantity?: number;
  created_at?: number;
  desired?: string;
  assignment?: { robot: string; rank?: number; planned_start_at?: number | null; planned_end_at?: number | null } | null;
}
export interface TaskStatus {
  phase?: string;
  robot?: string;
  step?: number;
  steps?: { place: string; action?: string; phase?: string }[];
  reason?: string;
  eta_at?: number | null;
  started_at?: number | null;
  finished_at?: number | null;
  observed_generation?: number;
  conditions?: Condition[];
}

export interface ClosureSpec {
  targets?: string[];
  until_at?: number | null;
  reason?: string;
}
export interface ClosureStatus {
  active?: boolean;
  nodes?: string[];
}

export type EdgeNode = Resource<EdgeNodeSpec, EdgeNodeStatus>;
export type Layout = Resource<LayoutSpec, Record<string, unknown>>;
export type RobotModel = Resource<RobotModelSpec, Record<string, unknown>>;
export type Robot = Resource<RobotSpec, RobotStatus>;
export type Mission = Resource<MissionSpec, MissionStatus>;
export type Task = Resource<TaskSpec, TaskStatus>;
export type Closure = Resource<ClosureSpec, ClosureStatus>;
export type AnyResource = Resource<unknown, unknown>;

export interface PlannedTask {
  ref: string;
  title: string;
  robot: string;
  path?: string[];
  points?: [number, number][];
  start_in_s?: number;
  end_in_s?: number;
  distance_m?: number;
  why?: string;
}
export interface PlanPreview {
  tasks?: PlannedTask[];
  delays?: { task: string; mission: string; delay_s: number }[];
  end_in_s?: number;
  risk?: string;
  warnings?: string[];
  effect?: string;
}
/** What some words were taken for: characters (code points) `start` to `end`; `slots` as "t1.to"; none where it was not used. */
export interface Understood {
  start: number;
  end: number;
  kind: string;
  means?: string[];
  slots?: string[];
  fuzzy?: boolean;
}
export interface NewCorrection {
  slot: string;
  value: string;
  was?: string;
  also?: string[];
}
/** Every name that a sentence may mean, as `GET /registry` answers it. */
export interface Registry {
  places?: { name: string; kind?: string; area?: string; aliases?: string[] }[];
  robots?: { name: string; type?: string; aliases?: string[] }[];
  items?: { name: string; aliases?: string[] }[];
  type_aliases?: Record<string, string[]>;
}
export interface Command {
  id: string;
  site?: string;
  text?: string;
  state: string;
  created_at?: number;
  created_by?: string;
  title?: string;
  plan?: PlanPreview | null;
  question?: string;
  choices?: string[];
  /** The characters that the question is about; both 0: none. */
  asked?: { reason: string; start?: number; end?: number } | null;
  understood?: Understood[];
  ir?: { tasks?: { ref: string }[] } | null;
  answer?: string;
  reason?: string;
  mission?: string;
  model?: string;
  adapter?: string;
  confidence?: number;
  language?: string;
  translate_s?: number;
  plan_s?: number;
  confirm_by_at?: number | null;
  /** Who has confirmed, where it takes two people. */
  confirmations?: string[];
}

export interface FleetEvent {
  id: string;
  at: number;
  level: string;
  reason: string;
  subject: string;
  message: string;
  fix?: string;
}

export type LiveMessage =
  | { type: "hello"; version?: string; role?: string; site?: string; now_at?: number }
  | { type: "snapshot"; resources?: AnyResource[]; commands?: Command[]; events?: FleetEvent[] }
  | { type: "resource"; resource: AnyResource }
  | { type: "deleted"; kind: string; name: string }
  | { type: "command"; command: Command }
  | { type: "event"; event: FleetEvent }
  | { type: "beat"; now_at?: number; feed_age_s?: Record<string, number> | number | null };

/** RFC 9457 problem, as both servers answer it. */
export interface Problem {
  title?: string;
  detail?: string;
  status?: number;
  code?: string;
  field?: string;
  fix?: string;
}
