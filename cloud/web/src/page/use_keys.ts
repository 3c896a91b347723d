/** Page-wide keys. Single letters count only while no field has the focus; none of them moves or stops a robot. */
import { useEffect, useRef } from "react";

interface Keys {
  onCommand: () => void;
  onHelp: () => void;
  onEdges: () => void;
  onFollow: () => void;
  onEscape: () => void;
}

const GO_WITHIN_MS = 1_200;
const GO: Record<string, string> = { m: "fleet-map", r: "robots-table", i: "missions-table", e: "events-list" };

export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    let went_ms = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey || event.metaKey) return;
      const { key } = event;
      if (event.ctrlKey ? key.toLowerCase() === "k" : key === "/" && !inField(event.target)) {
        event.preventDefault();
        if (!dialogOpen()) latest.current.onCommand();
        return;
      }
      if (event.ctrlKey || dialogOpen() || inField(event.target)) return;
      if (performance.now() - went_ms < GO_WITHIN_MS && key in GO) document.getElementById(GO[key] as string)?.focus();
      else if (key === "?") latest.current.onHelp();
      else if (key === "n") latest.current.onEdges();
      else if (key === "f") latest.current.onFollow();
      else if (key === "Escape") latest.current.onEscape();
      went_ms = key === "g" ? performance.now() : Number.NEGATIVE_INFINITY;
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}

function dialogOpen(): boolean {
  return document.querySelector('[role="dialog"]') !== null;
}
