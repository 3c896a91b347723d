import { useState } from "react";
import { lookOf } from "../model/activity";
import { duration, percent } from "../model/format";
import type { RobotRow } from "../model/views";
import type { World } from "../model/world";
import type { Actions } from "../page/actions";
import { ConfirmDialog } from "../page/ConfirmDialog";
import { ShapeIcon } from "../page/ShapeIcon";

interface Props {
  robot: RobotRow;
  world: World;
  now_at: number;
  follow: boolean;
  actions: Actions;
  onFollow: (follow: boolean) => void;
  onShow: () => void;
  onClose: () => void;
}

export function RobotCard({ robot, world, now_at, follow, actions, onFollow, onShow, onClose }: Props) {
  const [asking, setAsking] = useState(false);
  const look = lookOf(robot.activity);
  const model = world.models.get(robot.model)?.spec;
  const mission = world.missions.get(robot.mission)?.spec.title ?? robot.mission;
  const facts = [
    [model?.type, robot.model].filter(Boolean).join(" "),
    mission,
    robot.taskTitle || robot.task,
    robot.step,
    robot.loads.length > 0 ? `carries ${robot.loads.join(", ")}` : "",
    robot.place === "" ? "" : `at ${robot.place}`,
    robot.battery_pct === null ? "" : `battery ${percent(robot.battery_pct)}${robot.charging ? ", charging" : ""}`,
    robot.reported_at > 0 ? `reported ${duration(now_at - robot.reported_at)} ago` : "",
  ].filter((fact, index, all) => fact !== "" && all.indexOf(fact) === index);
  return (
    <aside className="robot-card" aria-label={`Robot ${robot.name}`}>
      <div className="robot-line">
        <ShapeIcon activity={robot.activity} />
        <h3>{robot.name}</h3>
        <span style={{ color: robot.stale ? "var(--dim)" : look.colour }}>{robot.stale ? `was ${look.word}` : look.word}</span>
        <span className="robot-facts" title={facts.join(" · ")}>
          {facts.join(" · ")}
        </span>
        <button type="button" className="small" aria-pressed={follow} onClick={() => (follow ? onFollow(false) : (onShow(), onFollow(true)))}>
          {follow ? "Following" : "Follow"}
        </button>
        <button type="button" className="small" onClick={() => setAsking(true)}>
          {robot.paused ? "Resume…" : "Pause…"}
        </button>
        <button type="button" className="quiet" onClick={onClose} aria-label={`Let go of ${robot.name}`}>
          ✕
        </button>
      </div>
      {robot.errors.map((fault) => (
        <p key={fault.error_type + fault.level} className="robot-fault">
          <strong>{fault.error_type}</strong> {fault.description} {fault.hint && <em>{fault.hint}</em>}
        </p>
      ))}
      <ConfirmDialog
        opened={asking}
        title={robot.paused ? `Let ${robot.name} drive again?` : `Pause ${robot.name}?`}
        act={robot.paused ? `Resume ${robot.name}` : `Pause ${robot.name}`}
        keep={robot.paused ? "Keep it paused" : "Let it run"}
        onAct={() => actions.robot(robot.name, robot.paused ? "resume" : "pause")}
        onClose={() => setAsking(false)}
      >
        <p>
          {robot.paused
            ? `${robot.name} goes on with its task from where it stands.`
            : `${robot.name} stops where it is and keeps its task and load. Robots behind it wait or drive around.`}
        </p>
      </ConfirmDialog>
    </aside>
  );
}
