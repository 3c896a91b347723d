/** Labels that do not overlap: each asks for the first free of its wanted boxes. Pure. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class Labels {
  private readonly taken: Box[] = [];
  private readonly about: readonly Box[];

  /** `about`: boxes to keep clear of where that is possible. */
  constructor(about: readonly Box[] = []) {
    this.about = about;
  }

  /** Keeps a box free of labels (a robot's body, a station). */
  block(box: Box): void {
    this.taken.push(box);
  }

  boxes(): readonly Box[] {
    return this.taken;
  }

  /** The first of `boxes` that is free, now taken; -1 when all meet something. */
  place(boxes: readonly Box[]): number {
    const possible = boxes.map((box) => this.taken.every((other) => apart(box, other)));
    const best = boxes.findIndex((box, index) => possible[index] === true && this.about.every((other) => apart(box, other)));
    const free = best >= 0 ? best : possible.indexOf(true);
    if (free >= 0) this.taken.push(boxes[free] as Box);
    return free;
  }
}

/** Four boxes about a point: above, below, right, left, `gap` away from it. */
export function around(x: number, y: number, width: number, height: number, gap: number): Box[] {
  return [
    { x: x - width / 2, y: y - gap - height, width, height },
    { x: x - width / 2, y: y + gap, width, height },
    { x: x + gap, y: y - height / 2, width, height },
    { x: x - gap - width, y: y - height / 2, width, height },
  ];
}

function apart(a: Box, b: Box): boolean {
  return a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
}
