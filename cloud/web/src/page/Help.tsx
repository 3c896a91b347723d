import { Dialog } from "./Dialog";

const KEYS: [string, string][] = [
  ["/ or Ctrl K", "to the command box"],
  ["↑ ↓", "in the empty command box: earlier commands"],
  ["Enter, Esc", "with a plan on show: confirm, discard"],
  ["1 to 8", "with a question on show: that answer"],
  ["Tab, Enter", "on an underlined word of a plan: put another name there"],
  ["g then m, r, i, e", "to the map, robots, missions, events"],
  ["n", "edge nodes: link, backlog, offline budget, stops"],
  ["f", "follow the selected robot, or stop following"],
  ["Esc", "let go of what is selected"],
  ["arrows, + and −, 0", "on the map: move, zoom, show everything"],
  ["?", "this help"],
];

interface Props {
  opened: boolean;
  onClose: () => void;
}

export function Help({ opened, onClose }: Props) {
  return (
    <Dialog opened={opened} onClose={onClose} title="Keys and signs" size="lg">
      <dl className="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className="dim">
        No single key moves or stops a robot. On the map: a solid line is released to the robot, a dashed one is where it means to go, a
        broad green one is a plan that waits for you. A brown box on a robot is its load. A hollow robot has not reported for a while; a grey, dashed one is seen through an edge node that is away, with its age.
        In a sentence a place has a plain line, a robot a double, a thing a dashed, a number or time a thick one; a dotted word was not used, ≈ marks a guess at a misspelt name.
        Click a station to put its name into the command box.
      </p>
    </Dialog>
  );
}
