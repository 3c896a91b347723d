/** The operator's side of a command's life: ask, answer, confirm, discard; which command is on show. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { ApiError, segment } from "../api/http";
import type { Command, NewCorrection } from "../api/types";
import type { World } from "../model/world";
import { messageOf, type Notice } from "../page/actions";
import { useSession } from "../page/session";

/** While the feed is away, a command's state is asked for this often. */
const POLL_MS = 1_000;
const OPEN: ReadonlySet<string> = new Set(["translating", "planned", "clarify"]);

export interface Commands {
  current: Command | null;
  /** Sentences, the newest first, each once. */
  history: readonly string[];
  busy: boolean;
  error: Notice | null;
  ask: (text: string, answers?: string) => Promise<boolean>;
  /** Another value in a slot of the plan on show; resolves true when it was planned anew. */
  correct: (correction: NewCorrection) => Promise<boolean>;
  confirm: () => Promise<void>;
  discard: () => Promise<void>;
  /** Shows nothing, until the next command. */
  close: () => void;
}

export function useCommands(world: World): Commands {
  const { api, store } = useSession();
  const [chosen, setChosen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Notice | null>(null);
  const { commands, site } = world;
  const current = useMemo(() => onShow(commands, chosen), [commands, chosen]);
  const id = current?.id ?? "";

  const call = useCallback(
    async (path: string, body?: unknown, known = ""): Promise<Command | null> => {
      const before = store.read().world.commands.get(known);
      setBusy(true);
      setError(null);
      try {
        const command = await api.post<Command>(path, body);
        // the feed may have been faster, and may have told of a later state already
        if (store.read().world.commands.get(command.id) === before) store.message({ type: "command", command });
        return command;
      } catch (problem) {
        setError({ text: messageOf(problem), fix: problem instanceof ApiError ? problem.fix : "" });
        return null;
      } finally {
        setBusy(false);
      }
    },
    [api, store],
  );

  useEffect(() => {
    if (current?.state !== "translating") return;
    const timer = window.setInterval(() => {
      if (store.read().link.phase === "live") return;
      api.get<Command>(`/commands/${segment(current.id)}`).then(
        (command) => store.message({ type: "command", command }),
        () => undefined, // the banner already says that the server is away
      );
    }, POLL_MS);
    return () => window.clearInterval(timer);
  }, [api, store, current?.id, current?.state]);

  return {
    current,
    history: useMemo(() => sentences(commands), [commands]),
    busy,
    error,
    ask: useCallback(
      async (text, answers = "") => {
        const command = await call("/commands", { text, ...(site ? { site } : {}), ...(answers ? { answers } : {}) }, answers);
        if (command !== null) setChosen(command.id);
        return command !== null;
      },
      [call, site],
    ),
    correct: useCallback(async (correction) => (await call(`/commands/${segment(id)}/correct`, correction, id)) !== null, [call, id]),
    confirm: useCallback(async () => void (await call(`/commands/${segment(id)}/confirm`, undefined, id)), [call, id]),
    discard: useCallback(async () => {
      if ((await call(`/commands/${segment(id)}/discard`, undefined, id)) !== null) setChosen("");
    }, [call, id]),
    close: useCallback(() => {
      setError(null);
      setChosen("");
    }, []),
  };
}

/** The chosen command; after a reload, the newest that still waits for the operator. */
function onShow(commands: World["commands"], chosen: string | null): Command | null {
  if (chosen !== null) return commands.get(chosen) ?? null;
  const open = [...commands.values()].filter((command) => OPEN.has(command.state));
  return open.toSorted((a, b) => (b.created_at ?? 0) - (a.created_at ?? 0))[0] ?? null;
}

function sentences(commands: World["commands"]): string[] {
  const newest = [...commands.values()].toSorted((a, b) => (b.created_at ?? 0) - (a.created_at ?? 0));
  return [...new Set(newest.map((command) => command.text ?? "").filter((text) => text !== ""))];
}
