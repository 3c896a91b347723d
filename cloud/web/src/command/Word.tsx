import type { Piece } from "./words";

/** An understood word that cannot be corrected (any more). */
export function Word({ piece }: { piece: Piece }) {
  return (
    <span className="word" data-look={piece.look}>
      <WordText piece={piece} />
    </span>
  );
}

/** What was said, and under it what it was taken for. */
export function WordText({ piece }: { piece: Piece }) {
  return (
    <>
      <span className="word-said">{piece.text}</span>
      <span className="word-label">
        <span className="sr"> (</span>
        {piece.label}
        <span className="sr">) </span>
      </span>
    </>
  );
}
