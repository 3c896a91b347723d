import type { Command } from "../api/types";
import { Chooser } from "./Chooser";
import type { Commands } from "./use_commands";
import { Word } from "./Word";
import { piecesOf } from "./words";

/** The sentence word by word: under each understood word what it was taken for; a click or Enter on one corrects it. */
export function Sentence({ command, commands }: { command: Command; commands: Commands }) {
  return (
    <q className="sentence">
      {piecesOf(command).map((piece, index) => {
        const key = `${index} ${piece.text}`;
        if (piece.look === "plain") return <span key={key}>{piece.text}</span>;
        return piece.word === null ? <Word key={key} piece={piece} /> : <Chooser key={key} piece={piece} word={piece.word} commands={commands} />;
      })}
    </q>
  );
}
