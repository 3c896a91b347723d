import { Button, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { Command } from "../api/types";
import type { Commands } from "./use_commands";
import { questionOf } from "./words";

/** A key that was meant for the sentence must not answer the question that has just come up. */
const ANSWER_GUARD_MS = 400;

interface Props {
  command: Command;
  commands: Commands;
  mayTakeFocus: () => boolean;
}

/** A question: its choices as buttons with the number keys, and room for an answer in other words. */
export function Clarify({ command, commands, mayTakeFocus }: Props) {
  const [text, setText] = useState("");
  const choices = command.choices ?? [];
  const first = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [ask] = useState(() => mayTakeFocus);
  useEffect(() => {
    if (ask()) (first.current ?? field.current)?.focus({ preventScroll: true });
  }, [ask]);
  const answer = (given: string): void => {
    if (given.trim() !== "" && !commands.busy) void commands.ask(given.trim(), command.id);
  };
  useNumberKeys(choices, answer);
  return (
    <div className="clarify">
      <p className="question">{questionOf(command) || "Please say it in other words."}</p>
      {choices.length > 0 && (
        <div className="choices" role="group" aria-label="Answers">
          {choices.map((choice, index) => (
            <Button
              key={choice}
              ref={index === 0 ? first : undefined}
              size="xs"
              variant="default"
              aria-keyshortcuts={String(index + 1)}
              leftSection={<kbd aria-hidden="true">{index + 1}</kbd>}
              onClick={() => answer(choice)}
            >
              {choice}
            </Button>
          ))}
        </div>
      )}
      <form
        className="command-form"
        onSubmit={(event) => {
          event.preventDefault();
          answer(text);
        }}
      >
        <TextInput
          ref={field}
          className="command-field"
          size="sm"
          aria-label="Answer"
          placeholder={choices.length > 0 ? "or answer in your own words" : "answer in your own words"}
          value={text}
          autoComplete="off"
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" size="sm" variant="default" disabled={text.trim() === ""} loading={commands.busy}>
          Answer
        </Button>
        <Button size="sm" variant="subtle" color="gray" onClick={() => void commands.discard()}>
          Drop it
        </Button>
      </form>
    </div>
  );
}

/** 1 to 8 give that choice while no field is written in. */
function useNumberKeys(choices: readonly string[], answer: (choice: string) => void): void {
  const latest = useRef({ choices, answer });
  useEffect(() => {
    latest.current = { choices, answer };
  });
  useEffect(() => {
    const shown_ms = performance.now();
    const onKey = (event: KeyboardEvent): void => {
      const { target, key } = event;
      const early = performance.now() - shown_ms < ANSWER_GUARD_MS;
      if (key === "Enter" && early && target instanceof HTMLButtonElement && target.closest(".choices") !== null) event.preventDefault();
      if (early || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || !/^[1-8]$/.test(key)) return;
      if (target instanceof HTMLElement && (target.isContentEditable || target.closest("input, textarea, select, [role=dialog]") !== null)) return;
      const choice = latest.current.choices[Number(key) - 1];
      if (choice === undefined) return;
      event.preventDefault();
      latest.current.answer(choice);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
