import type { EpochNs } from '../../../src/base/time.ts';
import type { Pick } from '../../../src/domain/event/pick.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../../../src/domain/waveform/traceWindow.ts';
import { gridTints } from '../../canvas/axes/paintAxis.ts';
import { type Palette, toPixel } from '../../canvas/palette.ts';
import type { Pen } from '../../canvas/pen.ts';
import type { Flag } from '../../canvas/overlays/flags.ts';
import { type DrawnPick, paintPicks, paintPickTick, pickAt } from '../../canvas/overlays/picks.ts';
import { paintRowMarks } from '../../canvas/overlays/rowMarks.ts';
import type { Tint, TraceFrame } from '../../canvas/traces/frame.ts';
import type { App } from '../../state/app.svelte.ts';
import type { PickDrag } from '../../state/pickDrag.svelte.ts';
import { LEAST_ROW_PX } from '../../state/traceRows.svelte.ts';
import { type TraceFacts, TraceView } from '../../state/traceView.svelte.ts';
import { paintDetectorRow, traceOfRowPx } from './detectorRows.ts';
import { paintHandMarks } from './handMarks.ts';
import { xOfTime } from './plotMath.ts';
import { PlotPointer, type Point } from './plotPointer.svelte.ts';
import { PlotSurface } from './plotSurface.svelte.ts';
import { drawnPicks, newPick, picksByRow } from './rowPicks.ts';
import { dateTime } from '../words.ts';

const COMFORTABLE_ROW_PX = 30;
/** Of a row, where all there are fit. */
export const TALLEST_ROW_PX = 160;
const FLAG_ROW_PX = 28;
/** Rows above and below that are loaded before they come into view. */
const MOST_SPARE_ROWS = 12;

/** The trace list: rows of traces over one time axis. */
export class ListPanel {
  readonly surface = new PlotSurface();
  readonly view: TraceView;
  readonly pointer: PlotPointer;
  readonly #app: App;
  readonly #drag: PickDrag;
  /** What was drawn last, by row, for hits. */
  #drawn = new Map<string, { picks: DrawnPick[]; flags: Flag[] }>();

  constructor(app: App, drag: PickDrag) {
    this.#app = app;
    this.#drag = drag;
    this.view = new TraceView(app);
    this.pointer = new PlotPointer({
      app,
      drag,
      size: () => this.surface,
      window: () => app.timeline.window,
      setWindow: (window) => app.timeline.setWindow(window),
      streamAt: (point) => this.rowAt(point.yPx)?.streamKey,
      pickAt: (point) => this.#pickAt(point),
      picksIn: (a, b) => this.#picksIn(a, b),
      snap: (streamKey, time) => this.view.snap(streamKey, time),
      zoomFollows: true,
    });
  }

  /** Height of a row in device pixels, with a fraction; rows share what whole pixels leave over. */
  readonly #pitch = $derived.by(() => {
    const { visible, ordered } = this.#app.rows;
    const count = Math.max(1, visible.length);
    // Fewer tracks than there are were asked for to see them large.
    const isAll = visible.length === ordered.length;
    const tallest = isAll ? TALLEST_ROW_PX * this.surface.ratio : this.surface.heightDevicePx;
    return Math.max(1, Math.min(tallest, this.surface.heightDevicePx / count));
  });

  readonly rowPx = $derived(this.#pitch / this.surface.ratio);

  /** Where a row begins, on a whole device pixel. */
  #topOf(index: number): number {
    return Math.round(index * this.#pitch);
  }

  rowTopPx(index: number): number {
    return this.#topOf(index) / this.surface.ratio;
  }

  /** The row of the current trace: its own, or that of its sensor. */
  readonly currentKey = $derived.by(() => {
    const { selection, rows } = this.#app;
    const row = selection.currentStreamKey === undefined ? undefined : rows.rowOf(selection.currentStreamKey); // prettier-ignore
    return row === undefined ? undefined : rows.ordered[row]?.streamKey;
  });

  readonly picksOfRows = $derived.by(() =>
    picksByRow(
      this.#app.picks.inView,
      this.#app.rows.visible.map((row) => row.streamKey),
      !this.#app.rows.allComponents,
    ),
  );

  /** Tells the rows how many fit. */
  fit(): void {
    const { heightPx } = this.surface;
    if (heightPx < 1) return;
    this.#app.rows.setFits(
      Math.floor(heightPx / COMFORTABLE_ROW_PX),
      Math.floor(heightPx / LEAST_ROW_PX),
    );
  }

  rowAt(yPx: number): StreamInfo | undefined {
    return this.#app.rows.visible[Math.floor(yPx / this.rowPx)];
  }

  load(): void {
    const { rows, timeline, filter } = this.#app;
    const spare = Math.min(MOST_SPARE_ROWS, rows.count);
    const keysOf = (streams: readonly StreamInfo[]): string[] => streams.map((s) => s.streamKey);
    const before = rows.ordered.slice(Math.max(0, rows.first - spare), rows.first);
    const end = rows.first + rows.count;
    this.view.want({
      streamKeys: keysOf(rows.visible),
      spareKeys: keysOf([...before, ...rows.ordered.slice(end, end + spare)]),
      view: timeline.window,
      widthDevicePx: this.surface.widthDevicePx,
      filter: filter.inForce,
      demean: filter.demean,
    });
  }

  /** In device pixels. */
  #tracePx(index: number, streamKey: string): number {
    const { ratio } = this.surface;
    const rowPx = (this.#topOf(index + 1) - this.#topOf(index)) / ratio;
    return Math.round(traceOfRowPx(this.#app.detector.list, streamKey, rowPx) * ratio);
  }

  frame(palette: Palette): TraceFrame {
    const { rows, timeline, filter } = this.#app;
    const { widthDevicePx: width, heightDevicePx: height, ratio } = this.surface;
    const { startNs, endNs } = timeline.window;
    const plain = toPixel(palette['trace-unselected']);
    const bright = toPixel(palette['trace-z']);
    return {
      width,
      height,
      ratio,
      startNs,
      endNs,
      background: toPixel(palette['surface-well']),
      tints: this.#tints(palette),
      rows: rows.visible.map(({ streamKey }, i) => ({
        key: streamKey,
        top: this.#topOf(i),
        height: this.#tracePx(i, streamKey),
        pixel: streamKey === this.currentKey ? bright : plain,
        group: rows.scaleGroup(streamKey),
      })),
      gain: rows.gain,
      centred: filter.on || filter.demean,
    };
  }

  #tints(palette: Palette): Tint[] {
    const { rows, timeline } = this.#app;
    const { widthDevicePx: width, ratio } = this.surface;
    const height = this.#topOf(rows.visible.length);
    const { window, zoom } = timeline;
    const x = (of: EpochNs): number => Math.round(Math.max(-1e6, Math.min(1e6, xOfTime(window, width, of)))); // prettier-ignore
    const [zoomLeft, zoomRight] = [x(zoom.startNs), x(zoom.endNs)];
    const box = (left: number, top: number, right: number, tall: number, colour: string): Tint => ({
      x: left,
      y: top,
      width: right - left,
      height: tall,
      pixel: toPixel(colour),
    });
    const tints: Tint[] = [box(zoomLeft, 0, zoomRight, height, palette['well-zoom-extent'])];
    const current = rows.visible.findIndex((row) => row.streamKey === this.currentKey);
    if (current !== -1) {
      const top = this.#topOf(current);
      const rowHeight = this.#topOf(current + 1) - top;
      tints.push(box(0, top, width, rowHeight, palette['well-selected']));
      tints.push(box(zoomLeft, top, zoomRight, rowHeight, palette['surface-selected']));
    }
    rows.visible.forEach(({ streamKey }, i) => {
      for (const zone of this.view.facts.get(streamKey)?.edgeZones ?? []) {
        tints.push(box(x(zone.startNs), this.#topOf(i), x(zone.endNs), this.#topOf(i + 1) - this.#topOf(i), palette['well-edge-zone'])); // prettier-ignore
      }
    });
    tints.push(...gridTints(window, { width, top: 0, height, ratio }, palette));
    const hair = Math.max(1, Math.round(ratio));
    tints.push(box(zoomLeft, 0, zoomLeft + hair, height, palette['border-strong']));
    tints.push(box(zoomRight, 0, zoomRight + hair, height, palette['border-strong']));
    if (this.rowPx >= 12) {
      rows.visible.forEach((_, i) => {
        if (i > 0) tints.push(box(0, this.#topOf(i), width, hair, palette['border-subtle']));
      });
    }
    return tints;
  }

  paintOverlay(pen: Pen): void {
    const { rows, timeline, picks, selection, comparison, detector } = this.#app;
    const { window } = timeline;
    const { live } = this.#drag;
    const look = {
      hidden: picks.hidden,
      showRejected: picks.showRejected,
      selectedIds: selection.pickIds,
      currentId: selection.currentPickId,
      hoverId: this.pointer.hoverId,
      live,
      leavesOut: (pick: Pick) => comparison.hides(pick),
    };
    this.#drawn = new Map();
    rows.visible.forEach((stream, i) => {
      const top = this.rowTopPx(i);
      const facts = this.view.facts.get(stream.streamKey);
      if (showsMarks(facts)) {
        paintRowMarks(
          pen,
          {
            gaps: facts.gaps,
            overlaps: facts.overlaps,
            edgeZones: facts.edgeZones,
            dataSpan: stream,
          },
          { window, top, height: this.rowPx, tracePx: traceOfRowPx(detector.list, stream.streamKey, this.rowPx), namedElsewhere: true }, // prettier-ignore
        );
      }
      const row = { window, top, height: this.rowPx, named: i === 0 };
      paintDetectorRow(pen, this.#app, detector.list, stream.streamKey, row);
      const own = drawnPicks(this.picksOfRows.get(stream.streamKey) ?? [], { window, widthPx: pen.widthPx }, look); // prettier-ignore
      if (live && !live.pick && live.streamKey === stream.streamKey) own.push(newPick(live, { window, widthPx: pen.widthPx })); // prettier-ignore
      this.#drawn.set(stream.streamKey, { picks: own, flags: this.#paintRowPicks(pen, own, top) });
    });
    paintHandMarks(pen, this.pointer, { cursorTime: timeline.cursor?.time, window });
  }

  #paintRowPicks(pen: Pen, picks: readonly DrawnPick[], top: number): Flag[] {
    if (this.rowPx >= FLAG_ROW_PX) {
      const bottom = top + this.rowPx;
      const lane = { top: top + 1, bottom, flagTop: top + 2, flagHeightPx: 13, lanes: 1 } as const;
      return paintPicks(pen, picks, lane);
    }
    for (const pick of picks) paintPickTick(pen, pick, top, top + this.rowPx);
    return [];
  }

  #pickAt({ xPx, yPx }: Point): Pick | undefined {
    const row = this.rowAt(yPx);
    const drawn = row && this.#drawn.get(row.streamKey);
    if (!drawn) return undefined;
    const inFlag = (yPx % this.rowPx) - 2;
    const flagLane = inFlag >= 0 && inFlag <= 13 ? 0 : undefined;
    return this.#app.picks.find(pickAt(drawn.picks, drawn.flags, { xPx, flagLane }));
  }

  #picksIn(a: Point, b: Point): number[] {
    const [left, right] = [Math.min(a.xPx, b.xPx), Math.max(a.xPx, b.xPx)];
    const [top, bottom] = [Math.min(a.yPx, b.yPx), Math.max(a.yPx, b.yPx)];
    return this.#app.rows.visible.flatMap((row, i) => {
      const isTouched = (i + 1) * this.rowPx > top && i * this.rowPx < bottom;
      const picks = isTouched ? (this.#drawn.get(row.streamKey)?.picks ?? []) : [];
      return picks
        .filter(({ xPx, id }) => id > 0 && xPx >= left && xPx <= right)
        .map(({ id }) => id);
    });
  }

  /** Why a row draws nothing in the window, or undefined when it draws something. */
  silence(stream: StreamInfo, window: TimeWindow): { word: string; why: string } | undefined {
    const facts = this.view.facts.get(stream.streamKey);
    if (facts?.state === 'failed') return { word: 'Not drawn:', why: facts.reason ?? '' };
    if (stream.startNs >= window.endNs) {
      return { word: 'No data in view,', why: `they begin ${dateTime(stream.startNs, 0)}` };
    }
    if (stream.endNs <= window.startNs) {
      return { word: 'No data in view,', why: `they end ${dateTime(stream.endNs, 0)}` };
    }
    if (!facts) return { word: 'Requested', why: '' };
    if (facts.parts.some((part) => part.count > 0)) return undefined;
    if (facts.state === 'loading') return { word: 'Loading', why: facts.reason ?? '' };
    return { word: 'No data', why: facts.reason ?? '' };
  }
}

function showsMarks(facts: TraceFacts | undefined): facts is TraceFacts {
  return facts !== undefined && facts.state !== 'failed' && facts.parts.length > 0;
}
