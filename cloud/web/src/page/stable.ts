import { useState } from "react";

/** The value of the render in which `key` last changed: the same object until then, whatever is made anew each time. */
export function useStable<T>(value: T, key: string): T {
  const [held, setHeld] = useState({ key, value });
  if (held.key === key) return held.value;
  setHeld({ key, value });
  return value;
}
