import { useMemo } from "react";
import { COLOUR, lookOf } from "../model/activity";
import { length } from "../model/edges";
import { percent } from "../model/format";
import { newsAge, type RobotRow } from "../model/views";
import { ShapeIcon } from "../page/ShapeIcon";
import { VirtualTable, type Column } from "./VirtualTable";

/** Below this a battery is worth a colour. */
const BATTERY_LOW_PCT = 25;

interface Props {
  robots: readonly RobotRow[];
  selected: string;
  now_at: number;
  /** Age of the newest picture by edge node, seconds. */
  ages: ReadonlyMap<string, number>;
  onSelect: (name: string) => void;
}

/** The map's accessible twin: whatever is selected here is selected there. */
export function RobotsTable({ robots, selected, now_at, ages, onSelect }: Props) {
  const second = robots.some((robot) => robot.stale) ? Math.floor(now_at) : 0; // ages are shown only of what is old
  const columns = useMemo<Column<RobotRow>[]>(
    () => [
      {
        head: "Robot",
        width: "minmax(110px, 1.1fr)",
        cell: (robot) => (
          <button type="button" className="row-name" onClick={() => onSelect(robot.name)}>
            {robot.name}
          </button>
        ),
      },
      { head: "State", width: "minmax(158px, 0.9fr)", cell: (robot) => <State robot={robot} age_s={newsAge(robot, second, ages)} /> },
      { head: "Battery", width: "96px", cell: (robot) => <Battery robot={robot} /> },
      {
        head: "Doing",
        width: "minmax(120px, 2.4fr)",
        cell: (robot) => <span title={doing(robot)}>{doing(robot)}</span>,
      },
      { head: "Load", width: "minmax(60px, 1fr)", cell: (robot) => <span title={robot.loads.join(", ")}>{robot.loads.join(", ") || "–"}</span> },
      { head: "At", width: "minmax(80px, 1fr)", cell: (robot) => <span title={robot.place}>{robot.place || "–"}</span> },
    ],
    [onSelect, second, ages],
  );
  const abnormal = robots.filter((robot) => lookOf(robot.activity).colour !== lookOf("moving").colour && robot.errors.length > 0).length;
  return (
    <section className="panel robots" aria-labelledby="robots-title">
      <h2 id="robots-title">
        Robots <span className="tally">{robots.length}</span>
        {abnormal > 0 && <span className="tally" data-level="warn">{abnormal} with errors</span>}
      </h2>
      <VirtualTable
        id="robots-table"
        name="Robots"
        rows={robots}
        keyOf={(robot) => robot.name}
        columns={columns}
        rowHeight={30}
        empty="No robots yet: add some with drover apply -f."
        selected={selected}
        dim={(robot) => robot.stale}
        onPick={(robot) => onSelect(robot.name)}
      />
    </section>
  );
}

function State({ robot, age_s }: { robot: RobotRow; age_s: number }) {
  const look = lookOf(robot.activity);
  if (robot.stale)
    return (
      <span className="state stale" title="Seen through an edge node that is away: this is how it was.">
        <ShapeIcon activity={robot.activity} hollow colour="#76808B" />
        {look.word} · {robot.reported_at > 0 ? `${length(age_s)} old` : "old"}
      </span>
    );
  return (
    <span className="state">
      <ShapeIcon activity={robot.activity} />
      <span style={{ color: look.colour === COLOUR.idle ? "var(--dim)" : look.colour }}>{look.word}</span>
    </span>
  );
}

function Battery({ robot }: { robot: RobotRow }) {
  const known = robot.battery_pct !== null;
  return (
    <span className="battery" data-low={known && (robot.battery_pct as number) < BATTERY_LOW_PCT && !robot.charging}>
      <span className="battery-bar" aria-hidden="true">
        <span style={{ width: `${Math.min(Math.max(robot.battery_pct ?? 0, 0), 100)}%` }} />
      </span>
      {percent(robot.battery_pct)}
    </span>
  );
}

/** The fault if there is one, else the step of the task. */
export function doing(robot: RobotRow): string {
  const fault = robot.errors[0];
  if (fault !== undefined) return [fault.error_type, fault.description].filter(Boolean).join(": ");
  if (robot.task === "") return "–";
  return [robot.taskTitle || robot.task, robot.step].filter(Boolean).join(" · ");
}
