/** Numbers and times as an operator reads them. */

const MINUTE_S = 60;
const HOUR_S = 3600;

/** A length of time: "8 s", "2 min 05 s", "1 h 20 min", "3 d". */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < MINUTE_S) return `${s} s`;
  if (s < HOUR_S) return `${Math.floor(s / MINUTE_S)} min ${String(s % MINUTE_S).padStart(2, "0")} s`;
  if (s < 48 * HOUR_S) return `${Math.floor(s / HOUR_S)} h ${String(Math.floor((s % HOUR_S) / MINUTE_S)).padStart(2, "0")} min`;
  return `${Math.floor(s / (24 * HOUR_S))} d`;
}

/** Time of day at the operator's place, "14:03:22". */
export function clock(at: number): string {
  return new Date(at * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** "14:03" of today, with the date on another day. */
export function moment(at: number, now_at: number): string {
  const then = new Date(at * 1000);
  const time = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === new Date(now_at * 1000).toDateString()) return time;
  return `${then.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
}

export function distance(metres: number): string {
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(1)} km`;
}

export function percent(value: number | null): string {
  return value === null || Number.isNaN(value) ? "–" : `${Math.round(value)} %`;
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** "AMR-2" before "AMR-10". */
export function byName(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
