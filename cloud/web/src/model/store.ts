/** The world held for React: messages are gathered and applied at most every TICK_MS, a command's at once. */
import { useSyncExternalStore } from "react";
import type { LiveMessage } from "../api/types";
import type { LinkState } from "../feed/connection";
import { applyAll, EMPTY, type World } from "./world";

const TICK_MS = 200;

export interface Held {
  world: World;
  link: LinkState;
  /** performance.now() of the last beat, 0: none yet. */
  beat_ms: number;
}

export class Store {
  /** performance.now() of the last message of any kind, 0: none yet. Read by clocks, so nobody is told of each. */
  heard_ms = 0;
  private held: Held = { world: EMPTY, link: { phase: "connecting", tries: 0 }, beat_ms: 0 };
  private waiting: LiveMessage[] = [];
  private timer = 0;
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly read = (): Held => this.held;

  message(message: LiveMessage): void {
    this.waiting.push(message);
    if (message.type === "command" || message.type === "snapshot") this.flush();
    else if (this.timer === 0) this.timer = window.setTimeout(() => this.flush(), TICK_MS);
  }

  heard(now_ms: number): void {
    this.heard_ms = now_ms;
  }

  link(link: LinkState): void {
    this.held = { ...this.held, link };
    this.tell();
  }

  private flush(): void {
    window.clearTimeout(this.timer);
    this.timer = 0;
    const messages = this.waiting;
    this.waiting = [];
    const beat = messages.some((message) => message.type === "beat");
    const world = applyAll(this.held.world, messages);
    this.held = { ...this.held, world, beat_ms: beat ? performance.now() : this.held.beat_ms };
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

export function useHeld(store: Store): Held {
  return useSyncExternalStore(store.subscribe, store.read);
}
