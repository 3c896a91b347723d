import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type ReactNode } from "react";

export interface Column<T> {
  head: string;
  /** A grid track: "120px", "minmax(80px, 1fr)". */
  width: string;
  cell: (row: T) => ReactNode;
  align?: "right";
}

interface Props<T> {
  id: string;
  name: string;
  rows: readonly T[];
  keyOf: (row: T) => string;
  columns: readonly Column<T>[];
  rowHeight: number;
  empty: string;
  selected?: string;
  onPick?: (row: T) => void;
  dim?: (row: T) => boolean;
}

/** A table of any length: only the rows in sight are in the page; screen readers get the whole count. */
export function VirtualTable<T>({ id, name, rows, keyOf, columns, rowHeight, empty, selected = "", onPick, dim }: Props<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    initialRect: { width: 600, height: 300 },
  });
  const chosen = selected === "" ? -1 : rows.findIndex((row) => keyOf(row) === selected);
  useEffect(() => {
    if (chosen >= 0) virtual.scrollToIndex(chosen, { align: "auto" });
    // only when another row is chosen: the list must not jump back while the operator scrolls
    // oxlint-disable-next-line react/exhaustive-deps
  }, [selected]);
  const tracks = { gridTemplateColumns: columns.map((column) => column.width).join(" ") };
  return (
    <div className="table-scroll" ref={scroller} id={id} tabIndex={0} role="table" aria-label={name} aria-rowcount={rows.length + 1}>
      <div role="rowgroup" className="table-head">
        <div role="row" className="table-row" style={tracks} aria-rowindex={1}>
          {columns.map((column) => (
            <div key={column.head} role="columnheader" data-align={column.align}>
              {column.head}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="table-body" style={{ height: virtual.getTotalSize() || rowHeight }}>
        {rows.length === 0 && (
          <div role="row" className="table-empty">
            <div role="cell">{empty}</div>
          </div>
        )}
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index] as T;
          const key = keyOf(row);
          return (
            <div
              key={key}
              role="row"
              aria-rowindex={item.index + 2}
              aria-current={key === selected ? "true" : undefined}
              className="table-row"
              data-dim={dim?.(row)}
              data-pick={onPick !== undefined}
              style={{ ...tracks, height: rowHeight, transform: `translateY(${item.start}px)` }}
              onClick={() => onPick?.(row)}
            >
              {columns.map((column) => (
                <div key={column.head} role="cell" data-align={column.align}>
                  {column.cell(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
