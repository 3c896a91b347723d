import type { FleetEvent } from "../api/types";
import { clock, moment } from "../model/format";

const SHOWN_MAX = 100;

interface Props {
  events: readonly FleetEvent[];
  now_at: number;
}

export function EventsList({ events, now_at }: Props) {
  return (
    <section className="panel events" aria-labelledby="events-title">
      <h2 id="events-title">Events</h2>
      <ol id="events-list" className="events-list" tabIndex={0} aria-label="Events, newest first">
        {events.length === 0 && <li className="hint">Nothing has happened yet.</li>}
        {events.slice(0, SHOWN_MAX).map((event) => (
          <li key={event.id} data-level={event.level}>
            <time dateTime={new Date(event.at * 1000).toISOString()} title={moment(event.at, now_at)}>
              {clock(event.at)}
            </time>
            <span className="event-sign" aria-hidden="true">
              {event.level === "alarm" ? "▲" : event.level === "warning" ? "◆" : "·"}
            </span>
            <span className="event-text">
              {event.level !== "info" && <span className="sr">{event.level}: </span>}
              <span className="event-subject">{event.subject.split("/").at(-1)}</span> {event.message}
              {event.fix ? <span className="event-fix"> {event.fix}</span> : null}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
