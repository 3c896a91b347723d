import { useEffect, useState } from "react";
import type { Store } from "../model/store";

/** Twice a second is as often as anything that shows an age has to change. */
const TICK_MS = 500;

export interface Clock {
  /** The server's time, Unix seconds: ages and ETAs are counted on its clock, not on this screen's. */
  now_at: number;
  sinceBeat_s: number;
  /** Seconds since anything came over the feed, null before the first message. */
  silent_s: number | null;
}

export function useClock(store: Store): Clock {
  const [clock, setClock] = useState<Clock>(() => read(store));
  useEffect(() => {
    const timer = window.setInterval(() => setClock(read(store)), TICK_MS);
    return () => window.clearInterval(timer);
  }, [store]);
  return clock;
}

function read(store: Store): Clock {
  const now_ms = performance.now();
  const { world, beat_ms } = store.read();
  const sinceBeat_s = beat_ms === 0 ? 0 : (now_ms - beat_ms) / 1000;
  const beat_at = world.beat?.now_at ?? 0;
  return {
    now_at: beat_at > 0 ? beat_at + sinceBeat_s : Date.now() / 1000,
    sinceBeat_s,
    silent_s: store.heard_ms === 0 ? null : (now_ms - store.heard_ms) / 1000,
  };
}
