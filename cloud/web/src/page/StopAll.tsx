import { useState } from "react";
import { count } from "../model/format";
import type { RobotRow } from "../model/views";
import type { Actions } from "./actions";
import { ConfirmDialog } from "./ConfirmDialog";

interface Props {
  site: string;
  robots: readonly RobotRow[];
  stopped: boolean;
  actions: Actions;
}

/** Always in sight, one click and a confirmation. A fleet command over the network: it says that it is no safety stop. */
export function StopAll({ site, robots, stopped, actions }: Props) {
  const [asking, setAsking] = useState(false);
  const moving = robots.filter((robot) => robot.activity === "moving" || robot.activity === "working").length;
  const all = robots.length === 1 ? "the robot" : `all ${robots.length} robots`;
  return (
    <>
      <button type="button" className="stop-all" data-stopped={stopped} onClick={() => setAsking(true)} aria-label="Stop all" aria-describedby="stop-note">
        <span className="stop-sign" aria-hidden="true" />
        <span className="stop-words">
          <span>Stop all</span>
          <small id="stop-note">fleet command, not a safety stop</small>
        </span>
      </button>
      <ConfirmDialog
        opened={asking}
        title={`Stop ${all} of ${site || "this site"}?`}
        act={`Stop ${all}`}
        keep="Let them run"
        danger
        onAct={actions.stop}
        onClose={() => setAsking(false)}
      >
        <p>
          Every robot is told to stop where it stands ({moving === 0 ? "none moves now" : `${count(moving, "moves", "move")} now`}). Loads
          and tasks stay with their robots, and nothing drives again until someone presses Resume.
        </p>
        <p className="dim">
          This goes over the network and takes a moment. It is a fleet command, not a safety stop: where people are in danger, use the
          emergency stop on the robot.
        </p>
      </ConfirmDialog>
    </>
  );
}
