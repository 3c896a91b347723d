import { STAGES, type Life } from "../model/life";

/** asked, sent, delivered, doing, done: five marks, filled as far as the command has come. Words for who cannot see marks. */
export function LifeTrack({ life, words = false }: { life: Life; words?: boolean }) {
  const reached = STAGES.indexOf(life.stage);
  const told = `${life.word}: step ${reached + 1} of ${STAGES.length}${life.waitsFor === "" ? "" : `, waiting for ${life.waitsFor}`}`;
  return (
    <span className="life" role="img" aria-label={told} title={STAGES.join(" → ")} data-waits={life.waitsFor !== ""} data-words={words}>
      {STAGES.map((stage, index) => (
        <span key={stage} className="life-mark" data-reached={index <= reached} data-now={index === reached}>
          {words && stage}
        </span>
      ))}
    </span>
  );
}
