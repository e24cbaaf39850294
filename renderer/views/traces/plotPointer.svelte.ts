import { PICK_MENU, TRACE_MENU } from '../../actions/contextMenus.ts';
import { type EpochNs, epochNs } from '../../../src/base/time.ts';
import type { Pick } from '../../../src/domain/event/pick.ts';
import { contains, durationS, type TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import type { App } from '../../state/app.svelte.ts';
import { CLICK_PX, type PickDrag } from '../../state/pickDrag.svelte.ts';
import { draggedWindow, timeAtX, wheelAct } from './plotMath.ts';

export interface Point {
  readonly xPx: number;
  readonly yPx: number;
}

/** What a plot can be asked about what lies under a pointer. */
export interface PlotUnderHand {
  readonly app: App;
  readonly drag: PickDrag;
  size(): { widthPx: number; heightPx: number };
  window(): TimeWindow;
  setWindow(window: TimeWindow): void;
  streamAt(point: Point): string | undefined;
  pickAt(point: Point): Pick | undefined;
  picksIn(a: Point, b: Point): readonly number[];
  snap(streamKey: string, time: EpochNs): EpochNs;
  /** The list lets the zoom look where a dragged pick goes; the zoom itself stays. */
  readonly zoomFollows: boolean;
}

type Press =
  | { readonly kind: 'pan'; readonly window: TimeWindow; readonly timeOnly: boolean }
  | { readonly kind: 'pick'; readonly streamKey: string }
  | { readonly kind: 'range' }
  | { readonly kind: 'rubber' };

interface Pressed {
  readonly press: Press;
  readonly from: Point;
  readonly pickUnder: Pick | undefined;
  readonly shift: boolean;
  moved: boolean;
}

const WHEEL_ROW_PX = 40;

/** The hand on a plot: pans and zooms, moves and makes picks, selects. One for each plot. */
export class PlotPointer {
  /** The pick under the pointer. */
  hoverId = $state<number | undefined>(undefined);
  /** Where the pointer is; undefined outside. */
  at = $state.raw<Point | undefined>(undefined);
  /** Corners of a rubber band over picks, or of a range of time to zoom to. */
  band = $state.raw<{ kind: 'range' | 'rubber'; a: Point; b: Point } | undefined>(undefined);
  panning = $state(false);
  #pressed: Pressed | undefined;
  #wheelRest = 0;
  readonly #plot: PlotUnderHand;

  constructor(plot: PlotUnderHand) {
    this.#plot = plot;
  }

  #pointOf(event: MouseEvent): Point {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return { xPx: event.clientX - box.left, yPx: event.clientY - box.top };
  }

  #timeAt(point: Point): EpochNs {
    return timeAtX(this.#plot.window(), this.#plot.size().widthPx, point.xPx);
  }

  readonly onpointerdown = (event: PointerEvent): void => {
    if (event.button !== 0 && event.button !== 2) return;
    const element = event.currentTarget as HTMLElement;
    const from = this.#pointOf(event);
    const pickUnder = this.#plot.pickAt(from);
    const press = this.#pressAt(event, from, pickUnder);
    this.#pressed = { press, from, pickUnder, shift: event.shiftKey, moved: false };
    element.setPointerCapture(event.pointerId);
    window.addEventListener('keydown', this.#onkeydown, true);
  };

  #pressAt(event: PointerEvent, from: Point, pickUnder: Pick | undefined): Press {
    const { app, drag } = this.#plot;
    const { selection } = app;
    if (event.button === 2) return { kind: 'rubber' };
    if (event.ctrlKey || event.metaKey) return { kind: 'range' };
    const streamKey = this.#plot.streamAt(from);
    if (selection.mode.kind === 'pick' && streamKey !== undefined && !app.readOnly) {
      const time = this.#plot.snap(streamKey, this.#timeAt(from));
      drag.place(streamKey, selection.mode.phase, time);
      return { kind: 'pick', streamKey };
    }
    const held = pickUnder && (selection.pickIds.has(pickUnder.id) || selection.currentPickId === pickUnder.id); // prettier-ignore
    if (pickUnder && held && !app.readOnly && !event.shiftKey) {
      const own = streamKey ?? this.#plot.streamAt({ ...from, yPx: from.yPx + 24 }) ?? '';
      drag.grab(pickUnder, own);
      return { kind: 'pick', streamKey: own };
    }
    return { kind: 'pan', window: this.#plot.window(), timeOnly: false };
  }

  readonly onpointermove = (event: PointerEvent): void => {
    const point = this.#pointOf(event);
    this.at = point;
    this.#showTime(point);
    const pressed = this.#pressed;
    if (!pressed) {
      this.hoverId = this.#plot.pickAt(point)?.id;
      return;
    }
    const dxPx = point.xPx - pressed.from.xPx;
    const dyPx = point.yPx - pressed.from.yPx;
    pressed.moved ||= Math.hypot(dxPx, dyPx) >= CLICK_PX;
    if (!pressed.moved) return;
    const { press } = pressed;
    if (press.kind === 'pan') this.#pan(press, pressed.from, { xPx: dxPx, yPx: dyPx });
    else if (press.kind === 'pick') this.#dragPick(press.streamKey, point, pressed, event.shiftKey);
    else this.band = { kind: press.kind, a: pressed.from, b: point };
  };

  #pan(press: Press & { kind: 'pan' }, from: Point, by: Point): void {
    this.panning = true;
    const size = this.#plot.size();
    this.#plot.setWindow(draggedWindow(press.window, size, from, by));
  }

  #dragPick(streamKey: string, point: Point, { from }: Pressed, oneSide: boolean): void {
    const { drag, app, zoomFollows } = this.#plot;
    const window = this.#plot.window();
    drag.to({
      dxPx: point.xPx - from.xPx,
      dyPx: point.yPx - from.yPx,
      time: this.#plot.snap(streamKey, this.#timeAt(point)),
      secondsPerPx: durationS(window) / this.#plot.size().widthPx,
      oneSide,
    });
    const { live } = drag;
    if (zoomFollows && live && !contains(app.timeline.zoom, live.time)) {
      app.timeline.centreZoom(live.time);
    }
  }

  readonly onpointerup = (event: PointerEvent): void => {
    const pressed = this.#pressed;
    if (!pressed) return;
    const point = this.#pointOf(event);
    this.#end();
    const { press } = pressed;
    if (press.kind === 'pick') {
      const stored = this.#plot.drag.release();
      if (!stored && !pressed.moved && pressed.pickUnder) this.#choose(pressed.pickUnder, false);
    } else if (pressed.moved) this.#endDrag(press, pressed, point);
    else if (event.button === 0) this.#click(pressed);
    else this.#openMenu(event, pressed);
  };

  #endDrag(press: Press, { from, shift }: Pressed, point: Point): void {
    const { app } = this.#plot;
    if (press.kind === 'rubber') {
      const found = this.#plot.picksIn(from, point);
      app.selection.select(shift ? [...app.selection.pickIds, ...found] : found);
    } else if (press.kind === 'range') {
      const [a, b] = [this.#timeAt(from), this.#timeAt(point)];
      this.#plot.setWindow(a < b ? { startNs: a, endNs: b } : { startNs: b, endNs: a });
    }
  }

  #click({ from, pickUnder, shift }: Pressed): void {
    const { app, zoomFollows } = this.#plot;
    if (pickUnder) {
      this.#choose(pickUnder, shift);
      return;
    }
    if (!shift) app.selection.select([]);
    const streamKey = this.#plot.streamAt(from);
    if (streamKey === undefined || !zoomFollows) return;
    app.selection.currentStreamKey = streamKey;
    app.timeline.centreZoom(this.#timeAt(from));
  }

  /** The menu acts on what lies under the pointer, so that becomes the current pick or trace first. */
  #openMenu(event: PointerEvent, pressed: Pressed): void {
    const { app } = this.#plot;
    this.#click({ ...pressed, shift: false });
    const place = { xPx: event.clientX, yPx: event.clientY };
    app.menu.open(place, pressed.pickUnder ? PICK_MENU : TRACE_MENU);
  }

  #choose(pick: Pick, adds: boolean): void {
    const { selection, timeline } = this.#plot.app;
    const { network, station, location, channel } = pick.stream;
    if (adds) {
      if (selection.pickIds.has(pick.id)) selection.pickIds.delete(pick.id);
      else selection.pickIds.add(pick.id);
      return;
    }
    selection.select([pick.id]);
    selection.currentPickId = pick.id;
    selection.currentStreamKey = `${network}.${station}.${location}.${channel}`;
    if (this.#plot.zoomFollows) timeline.centreZoom(pick.time);
  }

  readonly ondblclick = (): void => {
    const { selection, readOnly } = this.#plot.app;
    if (selection.mode.kind === 'nav' && !readOnly) selection.mode = { kind: 'pick', phase: 'P' };
  };

  readonly onpointerleave = (): void => {
    if (this.#pressed) return;
    this.at = undefined;
    this.hoverId = undefined;
    this.#plot.app.timeline.cursor = undefined;
  };

  readonly onpointercancel = (): void => {
    this.#plot.drag.cancel();
    this.#end();
  };

  /** The right button selects picks when dragged; the menu opens when it is released, on every system alike. */
  readonly oncontextmenu = (event: MouseEvent): void => event.preventDefault();

  readonly onwheel = (event: WheelEvent): void => {
    event.preventDefault();
    const { rows } = this.#plot.app;
    const act = wheelAct(event);
    if (act.kind === 'gain') rows.changeGain(act.factor);
    else if (act.kind === 'zoom') this.#zoomAbout(this.#pointOf(event), act.factor);
    else if (act.kind === 'pan') this.#panBy(act.px);
    else {
      this.#wheelRest += act.px;
      const steps = Math.trunc(this.#wheelRest / WHEEL_ROW_PX);
      this.#wheelRest -= steps * WHEEL_ROW_PX;
      if (steps === 0) return;
      if (act.kind === 'count') rows.changeCount(steps > 0 ? 1 : -1);
      else rows.scrollTo(rows.first + steps);
    }
  };

  #zoomAbout(point: Point, factor: number): void {
    const window = this.#plot.window();
    const anchor = this.#timeAt(point);
    const scaled = (ns: bigint): bigint => BigInt(Math.round(Number(ns) * factor));
    this.#plot.setWindow({
      startNs: epochNs(anchor - scaled(anchor - window.startNs)),
      endNs: epochNs(anchor + scaled(window.endNs - anchor)),
    });
  }

  #panBy(px: number): void {
    const { widthPx, heightPx } = this.#plot.size();
    const by = { xPx: -px, yPx: 0 };
    const from = { xPx: 0, yPx: 0 };
    this.#plot.setWindow(draggedWindow(this.#plot.window(), { widthPx, heightPx }, from, by));
  }

  #showTime(point: Point): void {
    const streamKey = this.#plot.streamAt(point);
    const time = this.#timeAt(point);
    this.#plot.app.timeline.cursor =
      streamKey === undefined ? undefined : { streamKey, time: this.#plot.snap(streamKey, time) };
  }

  readonly #onkeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !this.#pressed) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    const { press } = this.#pressed;
    this.#plot.drag.cancel();
    if (press.kind === 'pan') this.#plot.setWindow(press.window);
    this.#end();
  };

  #end(): void {
    this.#pressed = undefined;
    this.band = undefined;
    this.panning = false;
    window.removeEventListener('keydown', this.#onkeydown, true);
  }
}
