import { Button } from "@mantine/core";
import { useState } from "react";
import type { EdgeNode } from "../api/types";
import { copiesOf, edgeState, factsOf, meaningOf, stopHolders, wantsEyes, type Copy } from "../model/edges";
import type { Actions } from "./actions";
import { ConfirmDialog } from "./ConfirmDialog";
import { Dialog } from "./Dialog";

interface Props {
  opened: boolean;
  edges: readonly EdgeNode[];
  now_at: number;
  actions: Actions;
  onClose: () => void;
}

/** Each edge node: how its link stands, what waits on either side, how long it can run alone, who holds a stop. */
export function EdgesDialog({ opened, edges, now_at, actions, onClose }: Props) {
  const [pick, setPick] = useState<{ edge: string; copy: Copy } | null>(null);
  return (
    <>
      <Dialog opened={opened} onClose={onClose} title="Edge nodes" size="xl">
        {edges.length === 0 && <p className="hint">No edge node has joined yet.</p>}
        {edges.map((edge) => (
          <EdgeCard key={edge.metadata.name} edge={edge} now_at={now_at} onPick={(copy) => setPick({ edge: edge.metadata.name, copy })} />
        ))}
      </Dialog>
      <ConfirmDialog
        opened={pick !== null}
        title={`Go on with this copy of ${pick?.edge ?? ""}?`}
        act="Go on with this copy"
        keep="Look again"
        danger
        onAct={() => actions.accept(pick?.edge ?? "", pick?.copy.boot ?? "")}
        onClose={() => setPick(null)}
      >
        <p>
          Copy {pick?.copy.boot}: {pick?.copy.what}. It may begin new work again; every other copy stays shut out. Make sure that this one
          runs on the machine that drives the robots.
        </p>
      </ConfirmDialog>
    </>
  );
}

function EdgeCard({ edge, now_at, onPick }: { edge: EdgeNode; now_at: number; onPick: (copy: Copy) => void }) {
  const { name } = edge.metadata;
  const state = edgeState(edge.status ?? {});
  const holders = stopHolders(edge);
  const copies = copiesOf(edge);
  return (
    <section className="edge-card" aria-label={`Edge node ${name}`} data-state={state}>
      <h3>
        {name}
        <span className="edge-state" data-level={wantsEyes(state) ? "warn" : "ok"}>
          <span aria-hidden="true">{wantsEyes(state) ? "▲ " : "● "}</span>
          {state}
        </span>
      </h3>
      <p className="dim">{meaningOf(state)}</p>
      <dl className="edge-facts">
        {factsOf(edge, now_at).map((fact) => (
          <div key={fact.name} data-warn={fact.warn}>
            <dt>{fact.name}</dt>
            <dd>
              {fact.warn && <span aria-hidden="true">▲ </span>}
              {fact.value}
            </dd>
          </div>
        ))}
        <div data-warn={holders.length > 0}>
          <dt>Stop held by</dt>
          <dd>{holders.length === 0 ? "nobody" : holders.map(({ holder, by }) => `the ${holder}${by === "" ? "" : ` (${by})`}`).join(", ")}</dd>
        </div>
      </dl>
      {copies.length > 0 && (
        <ul className="edge-copies" aria-label={`Copies of ${name}`}>
          {copies.map((copy) => (
            <li key={copy.boot}>
              <span>
                <strong>{copy.boot}</strong> {copy.what}
              </span>
              <Button size="xs" variant="default" onClick={() => onPick(copy)}>
                Pick {copy.boot}…
              </Button>
            </li>
          ))}
        </ul>
      )}
      {edge.spec.api_url && state !== "online" && (
        <p className="dim">
          At the site, its own page answers without the cloud: <code>{edge.spec.api_url}</code>
        </p>
      )}
    </section>
  );
}
