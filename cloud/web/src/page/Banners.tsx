import { clock, count, duration } from "../model/format";
import type { LinkState } from "../feed/connection";
import type { EdgeView } from "../model/views";

interface Props {
  link: LinkState;
  /** Null: nothing has come yet. */
  silent_s: number | null;
  edges: readonly EdgeView[];
  robots: number;
  /** Who holds a stop, in words; "": not known. */
  holders: string;
  /** Tasks whose fate is unknown. */
  unknown: number;
  onEdges: () => void;
  onFates: () => void;
  onResume: () => void;
}

/** What changes the meaning of everything else on the page; the gravest on top. */
export function Banners({ link, silent_s, edges, robots, holders, unknown, onEdges, onFates, onResume }: Props) {
  const stopped = edges.filter((edge) => edge.stopped);
  const away = edges.filter((edge) => edge.away);
  return (
    <div className="banners">
      {link.phase === "lost" && (
        <div role="alert" className="banner" data-level="high">
          <Sign />
          <strong>No live data.</strong>
          {silent_s === null ? (
            <span>The server has not answered yet.</span>
          ) : (
            <span>
              What you see is <span aria-live="off">{duration(silent_s)}</span> old; robots may be elsewhere by now.
            </span>
          )}
          <span className="dim">Connecting again (try {Math.max(link.tries, 1)}).</span>
        </div>
      )}
      {link.phase !== "lost" &&
        away.map((edge) => (
          <div key={edge.name} role="alert" className="banner" data-level="warn">
            <Sign />
            <strong>
              {edge.name} is away{edge.last_seen_at > 0 && ` since ${clock(edge.last_seen_at)}`}.
            </strong>
            <span>
              Its robots go on with what they have; new commands are stored and sent when it is back
              {edge.backlog > 0 && ` (${edge.backlog} waiting)`}.
            </span>
            <span className="dim" aria-live="off">
              What you see of its robots is {edge.feed_age_s === null ? "old" : `${duration(edge.feed_age_s)} old`}.
            </span>
            {unknown > 0 && (
              <button type="button" className="banner-act" onClick={onFates}>
                {count(unknown, "task")} of unknown fate…
              </button>
            )}
          </div>
        ))}
      {edges
        .filter((edge) => edge.state === "quarantined")
        .map((edge) => (
          <div key={edge.name} role="alert" className="banner" data-level="high">
            <Sign />
            <strong>{edge.name} is quarantined.</strong>
            <span>Two copies of it speak; neither may begin new work until you pick the right one.</span>
            <button type="button" className="banner-act" onClick={onEdges}>
              Pick a copy…
            </button>
          </div>
        ))}
      {unknown > 0 && (away.length === 0 || link.phase === "lost") && (
        <div role="alert" className="banner" data-level="high">
          <Sign />
          <strong>{count(unknown, "task has", "tasks have")} an unknown fate.</strong>
          <span>Nobody can tell what was done, so nobody else does it yet.</span>
          <button type="button" className="banner-act" onClick={onFates}>
            Look and say…
          </button>
        </div>
      )}
      {stopped.length > 0 && (
        <div role="alert" className="banner" data-level="stop">
          <span className="stop-sign" aria-hidden="true" />
          <strong>All robots are stopped.</strong>
          <span>
            {count(robots, "robot holds its place", "robots hold their places")} until someone resumes{holders !== "" && ` (stopped by ${holders})`}.
          </span>
          <button type="button" className="banner-act" onClick={onResume}>
            Resume…
          </button>
        </div>
      )}
    </div>
  );
}

function Sign() {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d="M8 1.5 15 14H1z" fill="currentColor" />
      <path d="M8 6v4M8 11.6v1" stroke="#14171b" strokeWidth="1.6" />
    </svg>
  );
}
