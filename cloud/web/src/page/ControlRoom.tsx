import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { CommandPanel, type CommandBox } from "../command/CommandPanel";
import { useCommands } from "../command/use_commands";
import { FleetMap } from "../map/FleetMap";
import { levelsOf } from "../map/scene";
import { isAbnormal } from "../model/activity";
import { stopHolders } from "../model/edges";
import { byName } from "../model/format";
import { fateOf } from "../model/life";
import { useHeld } from "../model/store";
import { edgeView, missionRows, robotRow, type RobotRow } from "../model/views";
import type { World } from "../model/world";
import { EventsList } from "../tables/EventsList";
import { MissionsTable } from "../tables/MissionsTable";
import { RobotsTable } from "../tables/RobotsTable";
import { useActions } from "./actions";
import { Banners } from "./Banners";
import { useClock } from "./clock";
import { ConfirmDialog } from "./ConfirmDialog";
import { EdgesDialog } from "./EdgesDialog";
import { FatesDialog } from "./FatesDialog";
import { Header } from "./Header";
import { Help } from "./Help";
import { SessionContext, useLive, useSession } from "./session";
import { useStable } from "./stable";
import { StopAll } from "./StopAll";
import { useKeys } from "./use_keys";

/** Ended missions kept in the table. */
const ENDED_MAX = 40;

interface Props {
  token: string;
  onRefused: () => void;
}

export function ControlRoom({ token, onRefused }: Props) {
  const session = useLive(token, onRefused);
  return (
    <SessionContext value={session}>
      <Room />
    </SessionContext>
  );
}

function Room() {
  const { store } = useSession();
  const held = useHeld(store);
  const { world, link } = held;
  const clock = useClock(store);
  const actions = useActions();
  const commands = useCommands(world);
  const box = useRef<CommandBox>(null);
  const [selected, setSelected] = useState("");
  const [follow, setFollow] = useState(false);
  const [help, setHelp] = useState(false);
  const [drawer, setDrawer] = useState<"" | "edges" | "fates">("");
  const [resuming, setResuming] = useState(false);

  const { layouts, edges: edgeTable } = world;
  const levels = useMemo(() => levelsInOrder(layouts, edgeTable), [layouts, edgeTable]);
  const places = useMemo(() => new Map(levels.flatMap((level) => [...level.placeOf])), [levels]);
  const edges = [...world.edges.values()].map((edge) => edgeView(edge, world, clock.sinceBeat_s));
  const awayNames = edges.filter((edge) => edge.away || edge.state === "suspect").map((edge) => edge.name);
  const away = useStable(new Set(awayNames), awayNames.join("\n"));
  const robots = useMemo(() => robotRows(world, places, away), [world, places, away]);
  const fates = useMemo(() => [...world.tasks.values()].flatMap((task) => fateOf(task) ?? []), [world.tasks]);
  const missions = useMemo(() => missionRows(world, ENDED_MAX), [world]);
  const stopped = edges.some((edge) => edge.stopped);
  const live = link.phase === "live";
  const stale = world.ready && !live; // robots behind an edge node that is away are marked one by one
  const oldFeeds = edges.flatMap((edge): [string, number][] => (edge.away && edge.feed_age_s !== null ? [[edge.name, Math.floor(edge.feed_age_s)]] : []));
  const ages = useStable(new Map(oldFeeds), JSON.stringify(oldFeeds));
  const holders = [...new Set([...world.edges.values()].flatMap(stopHolders).map(({ holder, by }) => (by === "" || by === `the ${holder}` ? `the ${holder}` : `the ${holder}: ${by}`)))];

  const select = useCallback((name: string) => {
    setSelected(name);
    if (name === "") setFollow(false);
  }, []);
  useKeys({
    onCommand: () => box.current?.focus(),
    onHelp: () => setHelp(true),
    onEdges: () => setDrawer("edges"),
    onFollow: () => setFollow((on) => !on && selected !== ""),
    onEscape: () => select(""),
  });
  const title = layoutTitle(world);
  useEffect(() => {
    document.title = title === "Drover" ? title : `${title} · Drover`;
  }, [title]);

  const feeds = edges.flatMap((edge) => edge.feed_age_s ?? []);
  const age_s = clock.silent_s === null ? null : Math.max(clock.silent_s, ...(live ? feeds : []));
  return (
    <div className="room">
      <Header title={title} site={world.site} edges={edges} age_s={age_s} live={live} onEdges={() => setDrawer("edges")} onHelp={() => setHelp(true)}>
        <StopAll site={world.site} robots={robots} stopped={stopped} actions={actions} />
      </Header>
      <Banners
        link={link}
        silent_s={clock.silent_s}
        edges={edges}
        robots={robots.length}
        holders={holders.join(", ")}
        unknown={fates.length}
        onEdges={() => setDrawer("edges")}
        onFates={() => setDrawer("fates")}
        onResume={() => setResuming(true)}
      />
      <main className="floor">
        <div className="left">
          <FleetMap
            levels={levels}
            world={world}
            robots={robots}
            selected={selected}
            follow={follow}
            plan={commands.current}
            stale={stale}
            now_at={clock.now_at}
            ages={ages}
            actions={actions}
            onSelect={select}
            onFollow={setFollow}
            onPlace={(name) => box.current?.insert(name)}
          />
          <RobotsTable robots={robots} selected={selected} now_at={clock.now_at} ages={ages} onSelect={select} />
        </div>
        <div className="right">
          <CommandPanel ref={box} commands={commands} world={world} missions={missions} now_at={clock.now_at} />
          <MissionsTable missions={missions} now_at={clock.now_at} actions={actions} onRobot={select} />
          <EventsList events={world.events} now_at={clock.now_at} />
        </div>
      </main>
      {actions.notice !== null && (
        <div role="alert" className="notice">
          <span>
            {actions.notice.text} {actions.notice.fix}
          </span>
          <button type="button" className="quiet" onClick={actions.clear}>
            Dismiss
          </button>
        </div>
      )}
      <EdgesDialog opened={drawer === "edges"} edges={[...world.edges.values()]} now_at={clock.now_at} actions={actions} onClose={() => setDrawer("")} />
      <FatesDialog opened={drawer === "fates"} fates={fates} tasks={world.tasks} actions={actions} onClose={() => setDrawer("")} />
      <Help opened={help} onClose={() => setHelp(false)} />
      <ConfirmDialog
        opened={resuming}
        title="Let all robots drive again?"
        act={`Resume ${robots.length} robots`}
        keep="Keep them stopped"
        onAct={actions.resume}
        onClose={() => setResuming(false)}
      >
        <p>Robots with a task go on at once from where they stand. Make sure that nobody is in their way.</p>
      </ConfirmDialog>
    </div>
  );
}

/** The layout that an edge node runs comes first. */
function levelsInOrder(layouts: World["layouts"], edges: World["edges"]) {
  const used = new Set([...edges.values()].map((edge) => edge.spec.layout ?? ""));
  const ordered = [...layouts.values()].toSorted(
    (a, b) => Number(used.has(b.metadata.name)) - Number(used.has(a.metadata.name)) || byName(a.metadata.name, b.metadata.name),
  );
  return ordered.flatMap(levelsOf);
}

function layoutTitle(world: World): string {
  for (const edge of world.edges.values()) {
    const title = world.layouts.get(edge.spec.layout ?? "")?.spec.title;
    if (title) return title;
  }
  return [...world.layouts.values()].find((layout) => layout.spec.title)?.spec.title ?? (world.site || "Drover");
}

/** What wants a person first, then by name: rows stay where they are while all is well. */
function robotRows(world: World, places: ReadonlyMap<string, string>, away: ReadonlySet<string>): RobotRow[] {
  const rows = [...world.robots.values()].map((robot) => robotRow(robot, world, places, away));
  return rows.toSorted((a, b) => Number(isAbnormal(b.activity)) - Number(isAbnormal(a.activity)) || byName(a.name, b.name));
}
