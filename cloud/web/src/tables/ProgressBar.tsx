interface Props {
  label: string;
  /** 0..1 */
  share: number;
  phase: string;
}

export function ProgressBar({ label, share, phase }: Props) {
  const percent = Math.round(Math.min(Math.max(share, 0), 1) * 100);
  return (
    <div className="progress" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} data-phase={phase}>
      <span style={{ width: `${percent}%` }} />
    </div>
  );
}
