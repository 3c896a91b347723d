import type { ReactNode } from "react";
import { duration } from "../model/format";
import { wantsEyes } from "../model/edges";
import type { EdgeView } from "../model/views";

interface Props {
  title: string;
  site: string;
  edges: readonly EdgeView[];
  /** Age of what is on the screen in seconds, null: nothing has come yet. */
  age_s: number | null;
  live: boolean;
  onEdges: () => void;
  onHelp: () => void;
  children: ReactNode;
}

export function Header({ title, site, edges, age_s, live, onEdges, onHelp, children }: Props) {
  return (
    <header className="bar">
      <div className="brand">
        <svg viewBox="0 0 24 24" width="26" height="26" aria-hidden="true">
          <path d="M2 5h11l9 7-9 7H2z" fill="#dde3ea" />
          <rect x="5.5" y="8.5" width="7" height="7" rx="1" fill="#14171b" />
        </svg>
        <h1>{title}</h1>
        {site !== "" && site !== title && <span className="site">{site}</span>}
      </div>
      <ul className="chips" aria-label="Connections">
        <li className="chip" data-level={live && age_s !== null && age_s <= 5 ? "ok" : "warn"}>
          <span className="dot" aria-hidden="true" />
          {age_s === null ? "waiting for data" : `data ${duration(age_s)} old`}
        </li>
        {edges.map((edge) => (
          <li key={edge.name}>
            <button
              type="button"
              className="chip"
              data-level={edge.away || wantsEyes(edge.state) ? "warn" : "ok"}
              title="Edge nodes: link, backlog, offline budget (n)"
              onClick={onEdges}
            >
              <span className="dot" aria-hidden="true" />
              {edge.name} {edge.away && edge.state === "online" ? "silent" : edge.state}
              {edge.backlog > 0 && <span className="chip-more"> · {edge.backlog} waiting</span>}
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="quiet" onClick={onHelp} aria-label="Help and keyboard shortcuts">
        ?
      </button>
      {children}
    </header>
  );
}
