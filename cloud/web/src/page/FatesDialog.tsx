import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Task } from "../api/types";
import type { Fate } from "../model/life";
import { taskTitle } from "../model/views";
import type { Actions, Attested } from "./actions";
import { ConfirmDialog } from "./ConfirmDialog";
import { Dialog } from "./Dialog";

interface Props {
  opened: boolean;
  fates: readonly Fate[];
  tasks: ReadonlyMap<string, Task>;
  actions: Actions;
  onClose: () => void;
}

const SAID: Record<Attested, { button: string; title: string; effect: string }> = {
  stopped: {
    button: "Its robot stands…",
    title: "The robot stands and will not go on?",
    effect: "The task is given to a robot anew. If the robot goes on after all, the work may be done twice.",
  },
  done: { button: "It was done…", title: "The work was done?", effect: "The task counts as done; nobody does it again." },
  not_done: {
    button: "Nothing was done…",
    title: "Nothing was done, and no robot is at it?",
    effect: "The task is given to a robot anew. If a robot is at it after all, the work may be done twice.",
  },
};
const OUTCOMES: readonly Attested[] = ["stopped", "done", "not_done"];

/** Tasks that nobody can tell of: exactly why, from when they may be placed anew, and what a person can say who has looked. */
export function FatesDialog({ opened, fates, tasks, actions, onClose }: Props) {
  const [said, setSaid] = useState<{ task: string; outcome: Attested } | null>(null);
  const [note, setNote] = useState("");
  const words = SAID[said?.outcome ?? "stopped"];
  const titleOf = (name: string): string => {
    const task = tasks.get(name);
    return task === undefined ? name : taskTitle(task) || name;
  };
  return (
    <>
      <Dialog opened={opened} onClose={onClose} title="Tasks of unknown fate" size="lg">
        {fates.length === 0 && <p className="hint">There is none: all tasks are known again.</p>}
        {fates.map((fate) => (
          <section key={fate.task} className="edge-card" aria-label={`Task ${fate.task}`}>
            <h3>{titleOf(fate.task)}</h3>
            <p className="dim">{[fate.task, tasks.get(fate.task)?.status?.robot, fate.reason].filter(Boolean).join(" · ")}</p>
            <p>{fate.message}</p>
            <div className="fate-acts" role="group" aria-label={`What became of ${fate.task}`}>
              {OUTCOMES.map((outcome) => (
                <Button key={outcome} size="xs" variant="default" onClick={() => setSaid({ task: fate.task, outcome })}>
                  {SAID[outcome].button}
                </Button>
              ))}
            </div>
          </section>
        ))}
      </Dialog>
      <ConfirmDialog
        opened={said !== null}
        title={words.title}
        act="I have seen it"
        keep="I am not sure"
        danger
        onAct={() => actions.attest(said?.task ?? "", said?.outcome ?? "stopped", note.trim())}
        onClose={() => {
          setSaid(null);
          setNote("");
        }}
      >
        <p>
          {titleOf(said?.task ?? "")}: {words.effect} What you say here is kept with your name.
        </p>
        <TextInput label="What you saw" maxLength={300} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
      </ConfirmDialog>
    </>
  );
}
