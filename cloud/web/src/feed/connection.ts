/** The WebSocket to /api/v1/live: connects, watches that beats arrive, reconnects with backoff, tells a refused token apart. */
import type { LiveMessage } from "../api/types";
import { backoffMs } from "./backoff";

/** Beats come each second; this long without any message and the connection counts as dead. */
const SILENT_MS_MAX = 6_000;
const WATCH_MS = 1_000;
/** RFC 6455: the server refuses by policy, here the token. */
const CLOSE_POLICY = 1008;

export type LinkPhase = "connecting" | "live" | "lost" | "refused";

export interface LinkState {
  phase: LinkPhase;
  tries: number;
}

export interface FeedHandlers {
  message: (message: LiveMessage) => void;
  telemetry: (bytes: ArrayBuffer) => void;
  /** Anything came, at performance.now(). */
  heard: (now_ms: number) => void;
  link: (state: LinkState) => void;
  /** Whether the server says that the token is wrong (a browser hides a refused upgrade's status). */
  refused: () => Promise<boolean>;
}

export class LiveFeed {
  private socket: WebSocket | null = null;
  private timer = 0;
  private watch = 0;
  private tries = 0;
  private heard_ms = 0;
  private began_ms = 0;
  private stopped = false;
  private readonly url: string;
  private readonly token: string;
  private readonly on: FeedHandlers;

  constructor(url: string, token: string, on: FeedHandlers) {
    this.url = url;
    this.token = token;
    this.on = on;
  }

  start(): void {
    this.watch = window.setInterval(() => this.check(), WATCH_MS);
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    window.clearTimeout(this.timer);
    window.clearInterval(this.watch);
    this.socket?.close();
  }

  private connect(): void {
    const socket = new WebSocket(this.url, ["drover.v1", `bearer.${this.token}`]);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    const began_ms = performance.now();
    this.began_ms = began_ms;
    let open = false;
    socket.addEventListener("open", () => {
      open = true;
    });
    socket.addEventListener("message", (event: MessageEvent<string | ArrayBuffer>) => {
      if (socket !== this.socket) return;
      this.heard(event.data);
    });
    socket.addEventListener("close", (event) => {
      if (socket !== this.socket || this.stopped) return;
      this.socket = null;
      const doubtful = !open || event.code === CLOSE_POLICY;
      void this.again(open && performance.now() - began_ms > SILENT_MS_MAX, doubtful);
    });
    this.tell(this.heard_ms === 0 ? "connecting" : "lost");
  }

  private heard(data: string | ArrayBuffer): void {
    const first = this.heard_ms === 0 || this.tries > 0;
    this.heard_ms = performance.now();
    this.tries = 0;
    this.on.heard(this.heard_ms);
    if (typeof data !== "string") {
      this.on.telemetry(data);
      return;
    }
    const message = parse(data);
    if (message !== null) this.on.message(message);
    if (first || message?.type === "hello") this.tell("live");
  }

  private async again(lasted: boolean, doubtful: boolean): Promise<void> {
    if (doubtful && (await this.on.refused())) {
      this.tell("refused");
      this.stop();
      return;
    }
    if (this.stopped) return;
    this.tries = lasted ? 1 : this.tries + 1;
    this.tell("lost");
    this.timer = window.setTimeout(() => this.connect(), backoffMs(this.tries - 1, Math.random()));
  }

  private check(): void {
    const socket = this.socket;
    if (socket === null) return;
    if (performance.now() - Math.max(this.heard_ms, this.began_ms) > SILENT_MS_MAX) {
      this.socket = null; // a dead peer may take minutes to close
      socket.close();
      void this.again(false, false);
    }
  }

  private tell(phase: LinkPhase): void {
    this.on.link({ phase, tries: this.tries });
  }
}

function parse(text: string): LiveMessage | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "type" in value ? (value as LiveMessage) : null;
  } catch {
    return null;
  }
}
