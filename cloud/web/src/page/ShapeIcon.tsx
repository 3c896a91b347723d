import { lookOf, type Activity } from "../model/activity";

const PATHS: Record<string, string> = {
  arrow: "M2 4h6l6 4-6 4H2z",
  square: "M3 3h10v10H3z",
  triangle: "M8 2 15 14H1z",
  diamond: "M8 1l7 7-7 7-7-7z",
  bars: "M3 2h4v12H3zM9 2h4v12H9z",
};

/** The same shape and colour that the map draws, for tables and the legend. */
export function ShapeIcon({ activity, hollow = false, colour: given }: { activity: Activity; hollow?: boolean; colour?: string }) {
  const { colour: own, shape } = lookOf(activity);
  const colour = given ?? own;
  return (
    <svg viewBox="0 0 16 16" width="13" height="13" aria-hidden="true" className="shape">
      {shape === "cross" ? (
        <path d="M3 3l10 10M13 3 3 13" stroke={colour} strokeWidth="2.6" strokeLinecap="round" />
      ) : (
        <path d={PATHS[shape]} fill={hollow ? "none" : colour} stroke={hollow ? colour : "none"} strokeWidth="1.6" />
      )}
    </svg>
  );
}
