import { Button, TextInput } from "@mantine/core";
import { useImperativeHandle, useMemo, useRef, useState, type KeyboardEvent, type Ref } from "react";
import type { MissionRow } from "../model/views";
import { exampleOf } from "../model/example";
import { EMPTY, type World } from "../model/world";
import { CommandCard } from "./CommandCard";
import type { Commands } from "./use_commands";

/** As `SENTENCE_CHARS_MAX` of the contract. */
const SENTENCE_CHARS_MAX = 500;

export interface CommandBox {
  focus: () => void;
  /** Puts a place's name where the cursor is. */
  insert: (text: string) => void;
}

interface Props {
  ref: Ref<CommandBox>;
  commands: Commands;
  world: World;
  missions: readonly MissionRow[];
  now_at: number;
}

export function CommandPanel({ ref, commands, world, missions, now_at }: Props) {
  const [text, setText] = useState("");
  const [back, setBack] = useState(-1);
  const field = useRef<HTMLInputElement>(null);
  const sent = useRef("");
  const { layouts } = world;
  const example = useMemo(() => exampleOf({ ...EMPTY, layouts }), [layouts]);
  const atEdge = world.role.startsWith("edge");
  useImperativeHandle(ref, () => ({
    focus: () => field.current?.select(),
    insert: (name) => {
      setText((old) => (old === "" || old.endsWith(" ") ? `${old}${name} ` : `${old} ${name} `));
      field.current?.focus();
    },
  }));

  const send = async (): Promise<void> => {
    const sentence = text.trim();
    if (sentence === "" || commands.busy) return;
    setBack(-1);
    sent.current = sentence;
    if (await commands.ask(sentence)) setText("");
  };
  const recall = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    const next = back + (event.key === "ArrowUp" ? 1 : -1);
    if ((text !== "" && back < 0) || next >= commands.history.length || next < -1) return;
    event.preventDefault();
    setBack(next);
    setText(commands.history[next] ?? "");
  };
  return (
    <section className="panel command" aria-labelledby="command-title">
      <h2 id="command-title">Command</h2>
      <form
        className="command-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <TextInput
          ref={field}
          className="command-field"
          size="sm"
          aria-label="Command"
          placeholder={atEdge ? "sentences need the cloud" : example}
          disabled={atEdge}
          value={text}
          maxLength={SENTENCE_CHARS_MAX}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setBack(-1);
            setText(event.currentTarget.value);
          }}
          onKeyDown={recall}
          rightSection={text === "" ? <kbd aria-hidden="true">/</kbd> : null}
        />
        <Button type="submit" size="sm" variant="default" disabled={text.trim() === "" || atEdge} loading={commands.busy && text !== ""}>
          Plan
        </Button>
      </form>
      {commands.error !== null && (
        <p role="alert" className="command-error">
          {commands.error.text} {commands.error.fix}
        </p>
      )}
      <div className="command-life" aria-live="polite">
        {commands.current === null ? (
          <p className="hint">Say what is to be done. You will see the plan before anything moves.</p>
        ) : (
          <CommandCard
            key={commands.current.id}
            command={commands.current}
            commands={commands}
            missions={missions}
            now_at={now_at}
            // the answer may be here before the box is empty
            mayTakeFocus={() => ["", sent.current].includes(field.current?.value.trim() ?? "")}
            onAgain={(sentence) => {
              setText(sentence);
              field.current?.focus();
            }}
          />
        )}
      </div>
    </section>
  );
}
