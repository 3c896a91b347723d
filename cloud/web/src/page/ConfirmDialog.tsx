import { Button } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Dialog } from "./Dialog";

interface Props {
  opened: boolean;
  title: string;
  /** What will happen to which robots, in plain words. */
  children: ReactNode;
  act: string;
  keep: string;
  danger?: boolean;
  onAct: () => Promise<boolean>;
  onClose: () => void;
}

/** The second step of a dangerous act: names target and effect; stays open, saying so, when the server did not take it. */
export function ConfirmDialog({ opened, title, children, act, keep, danger = false, onAct, onClose }: Props) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const close = (): void => {
    setFailed(false);
    onClose();
  };
  const go = async (): Promise<void> => {
    setBusy(true);
    const taken = await onAct();
    setBusy(false);
    setFailed(!taken);
    if (taken) close();
  };
  return (
    <Dialog opened={opened} onClose={close} title={title}>
      <div className="dialog-body">{children}</div>
      {failed && (
        <p role="alert" className="dialog-failed">
          The server did not take it; the reason is at the bottom of the page. Try again.
        </p>
      )}
      <div className="dialog-acts">
        <Button variant="default" onClick={close}>
          {keep}
        </Button>
        <Button data-autofocus loading={busy} className={danger ? "danger" : "go"} onClick={() => void go()}>
          {act}
        </Button>
      </div>
    </Dialog>
  );
}
