import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { Command } from "../api/types";
import { duration } from "../model/format";
import { waitingText } from "../model/life";
import type { MissionRow } from "../model/views";
import { LifeTrack } from "../tables/LifeTrack";
import { ProgressBar } from "../tables/ProgressBar";
import { Clarify } from "./Clarify";
import { PlanView } from "./PlanView";
import { Sentence } from "./Sentence";
import type { Commands } from "./use_commands";
import { detailOf } from "./words";

interface Props {
  command: Command;
  commands: Commands;
  missions: readonly MissionRow[];
  now_at: number;
  mayTakeFocus: () => boolean;
  onAgain: (sentence: string) => void;
}

/** One command from the sentence to the mission's end: each state says what is so, and what can be done. */
export function CommandCard(props: Props) {
  const { command, commands } = props;
  return (
    <article className="card" data-state={command.state}>
      <header className="card-head">
        <Sentence command={command} commands={commands} />
        {command.state !== "planned" && command.state !== "clarify" && command.state !== "translating" && (
          <button type="button" className="quiet" onClick={commands.close} aria-label="Close this command">
            ✕
          </button>
        )}
      </header>
      <Life {...props} />
      <Detail command={command} />
    </article>
  );
}

/** Who read the sentence, and how sure: quiet, for whoever asks. */
function Detail({ command }: { command: Command }) {
  const detail = command.state === "translating" ? "" : detailOf(command);
  return detail === "" ? null : <p className="card-detail">{detail}</p>;
}

function Life({ command, commands, missions, now_at, mayTakeFocus, onAgain }: Props) {
  const again = (
    <Button size="xs" variant="default" onClick={() => onAgain(command.text ?? "")}>
      Edit and try again
    </Button>
  );
  switch (command.state) {
    case "translating":
      return (
        <p className="card-line" role="status">
          Reading the sentence… <span aria-hidden="true">{duration(now_at - (command.created_at ?? now_at))}</span>
        </p>
      );
    case "planned":
      return <PlanView command={command} commands={commands} now_at={now_at} mayTakeFocus={mayTakeFocus} />;
    case "clarify":
      return <Clarify command={command} commands={commands} mayTakeFocus={mayTakeFocus} />;
    case "answered":
      return <p className="card-answer">{command.answer || "There is nothing to tell."}</p>;
    case "confirmed":
      return <Confirmed command={command} missions={missions} now_at={now_at} />;
    case "rejected":
      return <Ended sign="!" line={command.reason || "This cannot be done."} after="Nothing was changed." act={again} />;
    case "failed":
      return <Ended sign="!" line={command.reason || "The sentence could not be read."} after="Nothing was changed." act={again} />;
    case "expired":
      return <Ended line="The plan was not confirmed in time." after="Nothing was changed." act={again} />;
    case "discarded":
      return <Ended line="Discarded." after="Nothing was changed." act={again} />;
    default:
      return <p className="card-line">{command.state}</p>;
  }
}

function Ended({ sign = "", line, after, act }: { sign?: string; line: string; after: string; act: ReactNode }) {
  return (
    <div className="card-ended">
      <p>
        {sign !== "" && (
          <span className="warn-sign" aria-hidden="true">
            {sign}
          </span>
        )}
        {line} <span className="dim">{after}</span>
      </p>
      {act}
    </div>
  );
}

function Confirmed({ command, missions, now_at }: { command: Command; missions: readonly MissionRow[]; now_at: number }) {
  const mission = missions.find((row) => row.name === command.mission);
  if (mission === undefined) {
    const waits = command.mission ? `${command.mission} is on its way to the site.` : command.plan?.effect || "Sent to the robots.";
    return <p className="card-line">Confirmed. {waits}</p>;
  }
  const eta = mission.eta_at !== null && !mission.ended ? `, about ${duration(mission.eta_at - now_at)} to go` : "";
  return (
    <div className="confirmed">
      <p className="card-line">
        <a
          href="#missions-table"
          onClick={(event) => {
            event.preventDefault();
            document.getElementById("missions-table")?.focus();
          }}
        >
          {mission.title}
        </a>
      </p>
      <ProgressBar label={`Progress of ${mission.title}`} share={mission.progress} phase={mission.phase} />
      <LifeTrack life={mission.life} words />
      {mission.life.waitsFor !== "" && <p className="waits">{waitingText(mission.life, now_at)}; it is sent when {mission.life.waitsFor} is back.</p>}
      <p className="dim">
        {mission.life.word}
        {mission.robots.length > 0 && ` · ${mission.robots.join(", ")}`}
        {eta}
        {mission.reason !== "" && ` · ${mission.reason}`}
      </p>
    </div>
  );
}
