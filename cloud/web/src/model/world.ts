/**
 * What the page knows of the site: a pure fold of live messages.
 *
 * Messages are applied in batches; each batch copies only the maps that it touches, so React sees what changed by
 * identity, and a thousand robots' changes in a tick cost one copy.
 */
import type {
  AnyResource,
  Closure,
  Command,
  EdgeNode,
  FleetEvent,
  Layout,
  LiveMessage,
  Mission,
  Robot,
  RobotModel,
  Task,
} from "../api/types";

/** Events kept for the list; older ones are in the API. */
const EVENTS_MAX = 300;
const COMMANDS_MAX = 100;

type Table<T> = ReadonlyMap<string, T>;

export interface Beat {
  now_at: number;
  /** Age of the newest telemetry by edge, in seconds, when the beat was sent. */
  feed_age_s: ReadonlyMap<string, number>;
}

export interface World {
  site: string;
  role: string;
  /** A snapshot has come since the page opened. */
  ready: boolean;
  edges: Table<EdgeNode>;
  layouts: Table<Layout>;
  models: Table<RobotModel>;
  robots: Table<Robot>;
  missions: Table<Mission>;
  tasks: Table<Task>;
  closures: Table<Closure>;
  commands: Table<Command>;
  events: readonly FleetEvent[];
  beat: Beat | null;
}

export const EMPTY: World = {
  site: "",
  role: "",
  ready: false,
  edges: new Map(),
  layouts: new Map(),
  models: new Map(),
  robots: new Map(),
  missions: new Map(),
  tasks: new Map(),
  closures: new Map(),
  commands: new Map(),
  events: [],
  beat: null,
};

const TABLE_OF = {
  EdgeNode: "edges",
  Layout: "layouts",
  RobotModel: "models",
  Robot: "robots",
  Mission: "missions",
  Task: "tasks",
  Closure: "closures",
} as const;

type TableName = (typeof TABLE_OF)[keyof typeof TABLE_OF];

/** The world after the messages; the same object when nothing changed. */
export function applyAll(world: World, messages: readonly LiveMessage[]): World {
  const draft = new Draft(world);
  for (const message of messages) draft.apply(message);
  return draft.result();
}

class Draft {
  private next: World;
  private readonly copied = new Set<string>();

  constructor(world: World) {
    this.next = world;
  }

  result(): World {
    return this.next;
  }

  apply(message: LiveMessage): void {
    switch (message.type) {
      case "hello":
        this.set({ site: message.site ?? this.next.site, role: message.role ?? "" });
        break;
      case "snapshot":
        this.snapshot(message.resources ?? [], message.commands ?? [], message.events ?? []);
        break;
      case "resource":
        this.put(message.resource);
        break;
      case "deleted":
        this.remove(message.kind, message.name);
        break;
      case "command":
        this.command(message.command);
        break;
      case "event":
        this.set({ events: withEvent(this.next.events, message.event) });
        break;
      case "beat":
        this.set({ beat: { now_at: message.now_at ?? 0, feed_age_s: ages(message.feed_age_s) } });
        break;
      default:
        break; // a newer server's message: nothing that this page shows
    }
  }

  private snapshot(resources: AnyResource[], commands: Command[], events: FleetEvent[]): void {
    this.set({ ...EMPTY, site: this.next.site, role: this.next.role, beat: this.next.beat, ready: true });
    this.copied.clear();
    for (const resource of resources) this.put(resource);
    for (const command of commands) this.command(command);
    this.set({ events: sortedEvents(events) });
  }

  private put(resource: AnyResource): void {
    const table = tableOf(resource.kind);
    if (table === null || typeof resource.metadata?.name !== "string") return;
    const held = this.next[table].get(resource.metadata.name);
    if (held !== undefined && (resource.metadata.resourceVersion ?? 0) < (held.metadata.resourceVersion ?? 0)) return;
    this.editable(table).set(resource.metadata.name, resource);
  }

  private remove(kind: string, name: string): void {
    const table = tableOf(kind);
    if (table !== null && this.next[table].has(name)) this.editable(table).delete(name);
  }

  private command(command: Command): void {
    const commands = this.editable("commands");
    commands.set(command.id, command);
    if (commands.size > COMMANDS_MAX) {
      const oldest = [...this.next.commands.values()].toSorted((a, b) => (a.created_at ?? 0) - (b.created_at ?? 0))[0];
      if (oldest !== undefined) commands.delete(oldest.id);
    }
  }

  private editable(table: TableName | "commands"): Map<string, unknown> {
    if (!this.copied.has(table)) {
      this.copied.add(table);
      this.set({ [table]: new Map(this.next[table] as Map<string, unknown>) });
    }
    return this.next[table] as Map<string, unknown>;
  }

  private set(part: Partial<World>): void {
    this.next = { ...this.next, ...part };
  }
}

function tableOf(kind: string): TableName | null {
  return Object.hasOwn(TABLE_OF, kind) ? TABLE_OF[kind as keyof typeof TABLE_OF] : null;
}

function withEvent(events: readonly FleetEvent[], event: FleetEvent): readonly FleetEvent[] {
  if (events.some((known) => known.id === event.id)) return events;
  return [event, ...events].slice(0, EVENTS_MAX);
}

/** Newest first, whatever the order of the snapshot. */
function sortedEvents(events: FleetEvent[]): FleetEvent[] {
  return events.toSorted((a, b) => b.at - a.at).slice(0, EVENTS_MAX);
}

function ages(value: Record<string, number> | number | null | undefined): ReadonlyMap<string, number> {
  if (typeof value === "number") return new Map([["", value]]);
  return new Map(Object.entries(value ?? {}).filter(([, age]) => typeof age === "number"));
}
