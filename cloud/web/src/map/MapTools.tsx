import type { RefObject } from "react";
import type { MapRenderer } from "./renderer";
import type { Level } from "./scene";

export const ZOOM_STEP = 1.3;

interface Props {
  levels: readonly Level[];
  level: Level | null;
  map: RefObject<MapRenderer | null>;
  onLevel: (key: string) => void;
}

export function MapTools({ levels, level, map, onLevel }: Props) {
  return (
    <div className="map-tools" role="group" aria-label="Map view">
      {levels.length > 1 && (
        <select aria-label="Level" value={level?.key ?? ""} onChange={(event) => onLevel(event.currentTarget.value)}>
          {levels.map((one) => (
            <option key={one.key} value={one.key}>
              {one.title}
            </option>
          ))}
        </select>
      )}
      <button type="button" className="icon" aria-label="Zoom in" onClick={() => map.current?.zoom(ZOOM_STEP)}>
        +
      </button>
      <button type="button" className="icon" aria-label="Zoom out" onClick={() => map.current?.zoom(1 / ZOOM_STEP)}>
        −
      </button>
      <button type="button" className="icon wide" onClick={() => map.current?.fit()}>
        Fit
      </button>
    </div>
  );
}
