/** Binary frames of /api/v1/live: msgpack of `wire.Telemetry`, columns with one row a robot. */
import { decode } from "@msgpack/msgpack";

/** Rows beyond this are not from a fleet that this page can serve; the frame is refused. */
const ROBOTS_MAX = 20_000;

export interface TelemetryFrame {
  epoch: number;
  at: number;
  robots: string[];
  x_m: Float64Array;
  y_m: Float64Array;
  theta_rad: Float64Array;
  battery_pct: Float64Array;
  activity: string[];
  loaded: boolean[];
  age_s: Float64Array;
}

/** The frame, or null when the bytes are not one. Short or missing columns become NaN, "" and false. */
export function decodeTelemetry(bytes: ArrayBuffer | Uint8Array): TelemetryFrame | null {
  let raw: unknown;
  try {
    raw = decode(bytes);
  } catch {
    return null;
  }
  if (typeof raw !== "object" || raw === null) return null;
  const columns = raw as Record<string, unknown>;
  const robots = columns["robots"];
  if (!Array.isArray(robots) || robots.length > ROBOTS_MAX) return null;
  const rows = robots.length;
  return {
    epoch: number(columns["epoch"], 0),
    at: number(columns["at"], 0),
    robots: robots.map(String),
    x_m: numbers(columns["x_m"], rows),
    y_m: numbers(columns["y_m"], rows),
    theta_rad: numbers(columns["theta_rad"], rows),
    battery_pct: numbers(columns["battery_pct"], rows),
    activity: Array.from({ length: rows }, (_, i) => text(columns["activity"], i)),
    loaded: Array.from({ length: rows }, (_, i) => Array.isArray(columns["loaded"]) && columns["loaded"][i] === true),
    age_s: numbers(columns["age_s"], rows),
  };
}

function number(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}

function numbers(column: unknown, rows: number): Float64Array {
  const out = new Float64Array(rows).fill(Number.NaN);
  if (Array.isArray(column) || ArrayBuffer.isView(column)) {
    const values = column as ArrayLike<unknown>;
    for (let i = 0; i < rows && i < values.length; i++) out[i] = number(values[i], Number.NaN);
  }
  return out;
}

function text(column: unknown, row: number): string {
  const value: unknown = Array.isArray(column) ? column[row] : "";
  return typeof value === "string" ? value : "";
}
