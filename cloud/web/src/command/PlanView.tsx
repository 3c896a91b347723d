import { Button } from "@mantine/core";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import type { Command, PlannedTask } from "../api/types";
import { distance, duration } from "../model/format";
import type { Commands } from "./use_commands";

/** An Enter that was meant for the sentence must not confirm the plan that has just come up under it. */
const CONFIRM_GUARD_MS = 400;

interface Props {
  command: Command;
  commands: Commands;
  now_at: number;
  /** Whether the focus may go to Confirm: not while the operator is writing the next sentence. */
  mayTakeFocus: () => boolean;
}

export function PlanView({ command, commands, now_at, mayTakeFocus }: Props) {
  const plan = command.plan ?? {};
  const tasks = plan.tasks ?? [];
  const confirm = useRef<HTMLButtonElement>(null);
  const [shown_ms] = useState(() => performance.now());
  const [ask] = useState(() => mayTakeFocus);
  useEffect(() => {
    if (ask()) confirm.current?.focus({ preventScroll: true });
  }, [ask]);
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && event.target === confirm.current && performance.now() - shown_ms < CONFIRM_GUARD_MS) {
      event.preventDefault();
    }
    if (event.key !== "Escape") return;
    event.preventDefault();
    void commands.discard();
  };
  return (
    <div className="plan" onKeyDown={onKey} role="group" aria-label="Plan">
      <h3 className="plan-title">{command.title || command.text}</h3>
      {plan.effect && <p className="plan-effect">{plan.effect}</p>}
      {tasks.length > 0 && (
        <ol className="plan-tasks" aria-label="Tasks of the plan">
          {tasks.map((task, index) => (
            <TaskLine key={task.ref} task={task} label={String(index + 1)} />
          ))}
        </ol>
      )}
      <Warnings command={command} />
      <div className="plan-foot">
        <p className="dim">
          {tasks.length > 0 && <>done in about {duration(plan.end_in_s ?? 0)} · </>}
          <span data-risk={plan.risk ?? "medium"}>{riskText(command)}</span>
          {command.confirm_by_at ? <> · confirm within {duration(command.confirm_by_at - now_at)}</> : null}
        </p>
        <div className="plan-acts">
          <Button size="sm" variant="default" disabled={commands.busy} onClick={() => void commands.discard()}>
            Discard <kbd aria-hidden="true">Esc</kbd>
          </Button>
          <Button size="sm" ref={confirm} className="go" loading={commands.busy} onClick={() => void commands.confirm()}>
            Confirm <kbd aria-hidden="true">⏎</kbd>
          </Button>
        </div>
      </div>
    </div>
  );
}

function riskText(command: Command): string {
  const risk = command.plan?.risk ?? "medium";
  if (risk !== "second_person") return `${risk} risk`;
  const by = (command.confirmations ?? []).join(", ");
  return by === "" ? "two different people must confirm it" : `confirmed by ${by}; somebody else must confirm it too`;
}

function TaskLine({ task, label }: { task: PlannedTask; label: string }) {
  const wait = task.start_in_s ?? 0;
  return (
    <li>
      <span className="flag" aria-hidden="true">
        {label}
      </span>
      <span className="plan-task">
        <span className="plan-what">{task.title}</span>
        <span className="plan-how">
          <strong>{task.robot}</strong>
          {wait >= 1 && <> · starts in {duration(wait)}</>} · there in {duration(task.end_in_s ?? 0)} · {distance(task.distance_m ?? 0)}
          {task.why ? <> · {task.why}</> : null}
        </span>
      </span>
    </li>
  );
}

function Warnings({ command }: { command: Command }) {
  const delays = (command.plan?.delays ?? []).filter((delay) => delay.delay_s >= 1);
  const warnings = command.plan?.warnings ?? [];
  if (delays.length === 0 && warnings.length === 0) return null;
  return (
    <ul className="plan-warnings" aria-label="What to know before confirming">
      {warnings.map((warning) => (
        <li key={warning} data-level="warn">
          {warning}
        </li>
      ))}
      {delays.map((delay) => (
        <li key={delay.task}>
          delays {delay.mission || delay.task} by {duration(delay.delay_s)}
        </li>
      ))}
    </ul>
  );
}
