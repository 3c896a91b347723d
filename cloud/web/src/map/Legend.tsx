/** Signs that are on the map now; the whole list is in the help. */
export function Legend({ planned, closed }: { planned: boolean; closed: boolean }) {
  return (
    <ul className="legend" aria-label="Legend">
      <li>
        <Line solid /> released
      </li>
      <li>
        <Line /> intended
      </li>
      <li>
        <svg viewBox="0 0 16 10" width="16" height="10" aria-hidden="true">
          <path d="M1 1h8l6 4-6 4H1z" fill="#c3cad3" />
          <rect x="3" y="3" width="4" height="4" fill="#b9772f" />
        </svg>
        loaded
      </li>
      {planned && (
        <li>
          <svg viewBox="0 0 22 10" width="22" height="10" aria-hidden="true">
            <path d="M3 5h16" stroke="rgba(52,198,168,.35)" strokeWidth="8" strokeLinecap="round" />
            <path d="M1 5h20" stroke="#34c6a8" strokeWidth="2" />
          </svg>
          plan, not yet confirmed
        </li>
      )}
      {closed && (
        <li>
          <svg viewBox="0 0 16 10" width="16" height="10" aria-hidden="true">
            <rect width="16" height="10" rx="3" fill="#3a3212" />
            <path d="M1 10 9 0M7 10l8-10" stroke="#f0c419" strokeWidth="2" />
          </svg>
          closed
        </li>
      )}
    </ul>
  );
}

function Line({ solid = false }: { solid?: boolean }) {
  return (
    <svg viewBox="0 0 22 10" width="22" height="10" aria-hidden="true">
      <path d="M1 5h20" stroke={solid ? "#8b95a1" : "#7a8692"} strokeWidth="2" strokeDasharray={solid ? undefined : "4 4"} />
    </svg>
  );
}
