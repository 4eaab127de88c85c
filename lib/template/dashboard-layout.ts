import { isObject, type Json, type JsonObject } from '../json';

/** Where a widget of a dashboard is, and how large. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A dashboard without the places of widgets that follow from the widgets before them: beside or below the last one, or in a new
 * row. How many fit into a row moves what comes after them, and shows nothing else. Every other place is kept.
 *
 * @param dashboard - what `DashboardBody` says
 */
export function withoutLayout(dashboard: Json): Json {
  const widgets = isObject(dashboard) ? dashboard['widgets'] : undefined;
  if (!Array.isArray(widgets)) return dashboard;
  let last: Box | undefined;
  let bottom = 0;
  const placed = (widgets as Json[]).map((widget): Json => {
    const box = boxOf(widget);
    if (!box) return widget;
    const follows = isNext(box, last, bottom);
    last = box;
    bottom = Math.max(bottom, box.y + box.height);
    if (!follows) return widget;
    const { x: _x, y: _y, ...rest } = widget as JsonObject;
    return rest;
  });
  return { ...(dashboard as JsonObject), widgets: placed };
}

function isNext({ x, y }: Box, last: Box | undefined, bottom: number): boolean {
  const isBeside = last !== undefined && x === last.x + last.width && y === last.y;
  const isBelow = last !== undefined && x === last.x && y === last.y + last.height;
  return isBeside || isBelow || (x === 0 && y === bottom);
}

function boxOf(widget: Json): Box | undefined {
  if (!isObject(widget)) return undefined;
  const { x, y, width, height } = widget;
  const isBox = [x, y, width, height].every((it) => typeof it === 'number');
  return isBox ? ({ x, y, width, height } as unknown as Box) : undefined;
}
