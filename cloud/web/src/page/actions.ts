/** Acts that change something: sent once, failures told in words. */
import { useCallback, useMemo, useState } from "react";
import { ApiError, segment } from "../api/http";
import { useSession } from "./session";

export interface Notice {
  text: string;
  fix: string;
}

export type Attested = "stopped" | "done" | "not_done";

export interface Actions {
  notice: Notice | null;
  clear: () => void;
  /** Resolves true when the server took it. */
  run: (what: string, path: string, body?: unknown) => Promise<boolean>;
  mission: (name: string, act: "cancel" | "pause" | "resume") => Promise<boolean>;
  robot: (name: string, act: "pause" | "resume") => Promise<boolean>;
  /** What a person has seen of a task that nobody can tell of. */
  attest: (task: string, outcome: Attested, note: string) => Promise<boolean>;
  /** Go on with this copy of a quarantined edge node. */
  accept: (edge: string, boot: string) => Promise<boolean>;
  stop: () => Promise<boolean>;
  resume: () => Promise<boolean>;
}

export function useActions(): Actions {
  const { api } = useSession();
  const [notice, setNotice] = useState<Notice | null>(null);
  const clear = useCallback(() => setNotice(null), []);
  const run = useCallback(
    async (what: string, path: string, body?: unknown) => {
      try {
        await api.post(path, body);
        setNotice(null);
        return true;
      } catch (error) {
        setNotice({ text: `${what} was not done. ${messageOf(error)}`, fix: error instanceof ApiError ? error.fix : "" });
        return false;
      }
    },
    [api],
  );
  return useMemo(
    () => ({
      notice,
      clear,
      run,
      mission: (name, act) => run(`“${act} ${name}”`, `/missions/${segment(name)}/${act}`),
      robot: (name, act) => run(`“${act} ${name}”`, `/robots/${segment(name)}/${act}`),
      attest: (task, outcome, note) => run(`“attest ${task}”`, `/tasks/${segment(task)}/attest`, { outcome, note }),
      accept: (edge, boot) => run(`“go on with copy ${boot}”`, `/edgenodes/${segment(edge)}/accept`, { boot }),
      stop: () => run("“Stop all”", "/stop"),
      resume: () => run("“Resume”", "/resume"),
    }),
    [notice, clear, run],
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
