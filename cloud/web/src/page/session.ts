/** What one token opens: REST, the live feed, the store it fills, and the robots' motion. Lives as long as the page shows it. */
import { createContext, useContext, useEffect, useState } from "react";
import { Api, ApiError } from "../api/http";
import { LiveFeed } from "../feed/connection";
import { decodeTelemetry } from "../feed/decode";
import { Motion } from "../feed/motion";
import type { LiveMessage, Robot } from "../api/types";
import { Store } from "../model/store";

export interface Session {
  api: Api;
  store: Store;
  motion: Motion;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("no session around this component");
  return session;
}

/** Opens the feed while mounted. `onRefused` when the server says that the token is wrong. */
export function useLive(token: string, onRefused: () => void): Session {
  const [session] = useState<Session>(() => ({
    api: new Api(token),
    store: new Store(),
    motion: new Motion(!window.matchMedia("(prefers-reduced-motion: reduce)").matches),
  }));
  const [refuse] = useState(() => onRefused);
  useEffect(() => {
    const url = new URL("/api/v1/live", window.location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const feed = new LiveFeed(url.href, token, {
      message: (message) => {
        session.store.message(message);
        seedMotion(session.motion, message);
      },
      telemetry: (bytes) => {
        const frame = decodeTelemetry(bytes);
        if (frame !== null) session.motion.frame(frame, performance.now());
      },
      heard: (now_ms) => session.store.heard(now_ms),
      link: (state) => {
        session.store.link(state);
        if (state.phase === "refused") refuse();
      },
      refused: () => tokenRefused(session.api),
    });
    feed.start();
    return () => feed.stop();
  }, [session, token, refuse]);
  return session;
}

async function tokenRefused(api: Api): Promise<boolean> {
  try {
    await api.get("/events?limit=1");
    return false;
  } catch (error) {
    return error instanceof ApiError && (error.status === 401 || error.status === 403);
  }
}

/** Robots have a place on the map before the first telemetry, and none once they are deleted. */
function seedMotion(motion: Motion, message: LiveMessage): void {
  const seed = (robot: Robot): void => {
    const { pose, activity = "offline", loads = [] } = robot.status ?? {};
    if (pose) motion.seed(robot.metadata.name, { x_m: pose.x_m, y_m: pose.y_m, theta_rad: pose.theta_rad ?? 0 }, activity, loads.length > 0);
  };
  if (message.type === "snapshot") {
    for (const resource of message.resources ?? []) if (resource.kind === "Robot") seed(resource as Robot);
  } else if (message.type === "resource" && message.resource.kind === "Robot") seed(message.resource as Robot);
  else if (message.type === "deleted" && message.kind === "Robot") motion.forget(message.name);
}
