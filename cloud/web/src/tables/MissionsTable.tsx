import { useMemo, useState } from "react";
import { count, duration, moment } from "../model/format";
import { waitingText } from "../model/life";
import type { MissionRow } from "../model/views";
import type { Actions } from "../page/actions";
import { ConfirmDialog } from "../page/ConfirmDialog";
import { LifeTrack } from "./LifeTrack";
import { ProgressBar } from "./ProgressBar";
import { VirtualTable, type Column } from "./VirtualTable";

interface Props {
  missions: readonly MissionRow[];
  now_at: number;
  actions: Actions;
  onRobot: (name: string) => void;
}

export function MissionsTable({ missions, now_at, actions, onRobot }: Props) {
  const [cancelling, setCancelling] = useState<MissionRow | null>(null);
  const open = missions.filter((mission) => !mission.ended).length;
  const columns = useMemo<Column<MissionRow>[]>(
    () => [
      { head: "Mission", width: "minmax(0, 1fr)", cell: (mission) => <What mission={mission} now_at={now_at} onRobot={onRobot} /> },
      {
        head: "Progress",
        width: "92px",
        cell: (mission) => (
          <span className="mission-progress">
            <ProgressBar label={`Progress of ${mission.title}`} share={mission.progress} phase={mission.phase} />
            <span data-phase={mission.phase}>{phaseWord(mission)}</span>
          </span>
        ),
      },
      {
        head: "Act",
        width: "72px",
        align: "right",
        cell: (mission) => (mission.ended ? null : <Acts mission={mission} actions={actions} onCancel={setCancelling} />),
      },
    ],
    [now_at, actions, onRobot],
  );
  return (
    <section className="panel missions" aria-labelledby="missions-title">
      <h2 id="missions-title">
        Missions <span className="tally">{open} open</span>
      </h2>
      <VirtualTable
        id="missions-table"
        name="Missions"
        rows={missions}
        keyOf={(mission) => mission.name}
        columns={columns}
        rowHeight={48}
        empty="No missions yet."
        dim={(mission) => mission.ended}
      />
      <ConfirmDialog
        opened={cancelling !== null}
        title={`Cancel “${cancelling?.title ?? ""}”?`}
        act="Cancel the mission"
        keep="Let it run"
        danger
        onAct={() => actions.mission(cancelling?.name ?? "", "cancel")}
        onClose={() => setCancelling(null)}
      >
        <p>
          {cancelling?.robots.length ? `${cancelling.robots.join(", ")} stops its task at the next point. ` : ""}
          {count((cancelling?.tasks_total ?? 0) - (cancelling?.tasks_done ?? 0), "unfinished task is", "unfinished tasks are")} dropped. A load
          that is on a robot stays there until it is sent somewhere. This cannot be undone.
        </p>
      </ConfirmDialog>
    </section>
  );
}

function What({ mission, now_at, onRobot }: { mission: MissionRow; now_at: number; onRobot: (name: string) => void }) {
  const known = mission.life.waitsFor === "" ? mission.robots : []; // a robot that was planned for it has not heard of it
  return (
    <span className="mission">
      <span className="mission-title" title={mission.text || mission.title}>
        {mission.title}
      </span>
      <span className="mission-sub">
        {known.slice(0, 3).map((robot) => (
          <button key={robot} type="button" className="row-name" onClick={() => onRobot(robot)}>
            {robot}
          </button>
        ))}
        {known.length > 3 && <span>+{known.length - 3}</span>}
        <LifeTrack life={mission.life} />
        <span className="mission-when" title={mission.reason || waitingText(mission.life, now_at)} data-waits={mission.life.waitsFor !== ""}>
          {when(mission, now_at)}
        </span>
      </span>
    </span>
  );
}

function when(mission: MissionRow, now_at: number): string {
  if (mission.life.waitsFor !== "") return waitingText(mission.life, now_at);
  if (mission.life.unknown.length > 0) return "fate unknown";
  if (mission.phase === "failed") return `${mission.life.word}${mission.reason ? `: ${mission.reason}` : ""}`;
  if (mission.ended) return mission.finished_at === null ? "" : `at ${moment(mission.finished_at, now_at)}`;
  if (mission.eta_at !== null) return mission.eta_at > now_at ? `${duration(mission.eta_at - now_at)} to go` : "any moment";
  return mission.robots.length === 0 ? "waits for a robot" : "";
}

function phaseWord(mission: MissionRow): string {
  if (mission.desired === "cancel" && !mission.ended) return "cancelling";
  if (!mission.ended && (mission.life.stage === "sent" || mission.life.stage === "asked")) return mission.life.word;
  if (mission.phase === "pending") return mission.life.word;
  if (mission.phase === "running" && mission.tasks_total > 1) return `${mission.tasks_done} of ${mission.tasks_total}`;
  return mission.phase;
}

interface ActsProps {
  mission: MissionRow;
  actions: Actions;
  onCancel: (mission: MissionRow) => void;
}

function Acts({ mission, actions, onCancel }: ActsProps) {
  const paused = mission.desired === "pause" || mission.phase === "paused";
  const going = mission.desired === "cancel" || mission.phase === "cancelling";
  return (
    <span className="acts">
      <button
        type="button"
        className="icon"
        disabled={going}
        aria-label={`${paused ? "Resume" : "Pause"} ${mission.title}`}
        title={paused ? "Resume" : "Pause"}
        onClick={() => void actions.mission(mission.name, paused ? "resume" : "pause")}
      >
        <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
          <path d={paused ? "M4 2.5 13 8l-9 5.5z" : "M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z"} fill="currentColor" />
        </svg>
      </button>
      <button
        type="button"
        className="icon"
        disabled={going}
        aria-label={`Cancel ${mission.title}`}
        title="Cancel…"
        onClick={() => onCancel(mission)}
      >
        <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
          <path d="M3.5 3.5l9 9m0-9-9 9" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
        </svg>
      </button>
    </span>
  );
}
