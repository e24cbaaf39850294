import type { ProbabilityTrace } from '../../../src/contract/messages/models.ts';
import { AppError } from '../../../src/base/appError.ts';
import { epochNs } from '../../../src/base/time.ts';
import { type Pick, phaseFamily } from '../../../src/domain/event/pick.ts';
import { formatNslc, parseNslc, sensorKey } from '../../../src/domain/waveform/nslc.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../../../src/domain/waveform/traceWindow.ts';
import { gridTints, paintTimeAxis } from '../../canvas/axes/paintAxis.ts';
import { type Palette, toPixel } from '../../canvas/palette.ts';
import type { Pen } from '../../canvas/pen.ts';
import { type Flag, layoutFlags } from '../../canvas/overlays/flags.ts';
import { type DrawnPick, paintPicks, pickAt } from '../../canvas/overlays/picks.ts';
import {
  paintCurveLetter,
  type LetterPlace,
  paintProbability,
  type Strip,
  yOfProbability,
} from '../../canvas/overlays/probability.ts';
import { paintRowMarks } from '../../canvas/overlays/rowMarks.ts';
import type { Tint, TraceFrame } from '../../canvas/traces/frame.ts';
import type { App } from '../../state/app.svelte.ts';
import type { PickDrag } from '../../state/pickDrag.svelte.ts';
import { componentsOf } from '../../state/traceRows.svelte.ts';
import { TraceView } from '../../state/traceView.svelte.ts';
import { tunedThreshold, tunedView } from '../../state/tuningMoves.ts';
import { paintDetectorRow, traceOfRowPx } from './detectorRows.ts';
import { paintFormerPlace, paintHandMarks } from './handMarks.ts';
import { paintProposal } from './paintProposal.ts';
import { xOfTime } from './plotMath.ts';
import { PlotPointer, type Point } from './plotPointer.svelte.ts';
import { PlotSurface } from './plotSurface.svelte.ts';
import { drawnPicks, newPick } from './rowPicks.ts';
import { stripHeightPx, thresholdLabels } from './strips.ts';

const LANE_PX = 22;
const SECOND_LANE_PX = 15;
const LEAST_COMPONENT_PX = 20;
const AXIS_PX = 20;
const LETTERS = ['A', 'B', 'C', 'D'];
export const STRIP_PHASES = ['P', 'S'] as const;

/** The zoom: the components of one sensor, its picks and the model's probabilities. */
export class ZoomPanel {
  readonly surface = new PlotSurface();
  readonly view: TraceView;
  readonly pointer: PlotPointer;
  /** Probabilities of the runs wished for around the zoom, of the sensor in view. */
  curves = $state.raw<readonly ProbabilityTrace[]>([]);
  /** Height of a strip with one curve; the page's sizes decide. */
  lowStripPx = $state(34);
  #curvesAt:
    { of: string; window: TimeWindow; densityPxPerS: number; revision: string } | undefined;
  readonly #app: App;
  readonly #drag: PickDrag;
  #drawn: { picks: DrawnPick[]; flags: Flag[] } = { picks: [], flags: [] };

  constructor(app: App, drag: PickDrag) {
    this.#app = app;
    this.#drag = drag;
    this.view = new TraceView(app);
    this.pointer = new PlotPointer({
      app,
      drag,
      size: () => this.surface,
      window: () => app.timeline.zoom,
      setWindow: (window) => app.timeline.setZoom(window),
      streamAt: (point) => this.#streamAt(point.yPx),
      pickAt: (point) => this.#pickAt(point),
      picksIn: (a, b) => this.#picksIn(a, b),
      snap: (streamKey, time) => this.view.snap(streamKey, time),
      zoomFollows: false,
    });
  }

  /** Z, N or 1, E or 2 of the sensor of the current trace. */
  readonly components = $derived.by(() => {
    const { currentStreamKey } = this.#app.selection;
    return currentStreamKey === undefined
      ? []
      : componentsOf(this.#app.rows.streams, currentStreamKey);
  });

  readonly sensor = $derived.by(() => {
    const first = this.components[0];
    return first && sensorKey(parseNslc(first.streamKey));
  });

  readonly picks = $derived.by((): readonly Pick[] => {
    const own = this.#app.picks.inView.filter((pick) => sensorKey(pick.stream) === this.sensor);
    return tunedView(this.#app, own, this.sensor);
  });

  /** Two lanes where one would have to count picks together, and in Tune, where traces stand still under a threshold. */
  readonly #lanes = $derived.by((): 1 | 2 => {
    if (this.#app.space === 'tune') return 2;
    const room = { left: 0, right: this.surface.widthPx, lanes: 1, textWidth: (text: string) => text.length * 6.5 }; // prettier-ignore
    return layoutFlags(this.#look(this.picks), room).some((flag) => flag.joined.length > 0) ? 2 : 1;
  });

  readonly lanePx = $derived(LANE_PX + (this.#lanes - 1) * SECOND_LANE_PX);
  /** Height of one strip. */
  readonly stripPx = $derived.by(() => {
    const roomPx = this.surface.heightPx - this.lanePx - AXIS_PX;
    return stripHeightPx(this.lowStripPx, roomPx, this.letters.size);
  });

  /** Strips give way before the components become too low to read. */
  readonly stripCount = $derived.by(() => {
    const room = this.surface.heightPx - this.lanePx - AXIS_PX - STRIP_PHASES.length * this.stripPx;
    return this.#app.strips && room >= this.components.length * LEAST_COMPONENT_PX ? STRIP_PHASES.length : 0; // prettier-ignore
  });

  /** Height of one component. */
  readonly componentPx = $derived(
    Math.max(
      0,
      (this.surface.heightPx - this.lanePx - this.stripCount * this.stripPx - AXIS_PX) /
        Math.max(1, this.components.length),
    ),
  );

  readonly axisTopPx = $derived(this.surface.heightPx - AXIS_PX);

  strip(index: number): Strip {
    const top = this.axisTopPx - (this.stripCount - index) * this.stripPx;
    return { top, height: this.stripPx };
  }

  /** The runs whose curves are wished for, A first; else that of the pick in hand; none for the newest that has any. */
  readonly curveRuns = $derived.by((): readonly number[] => {
    const { comparison, stripRuns, runInHand, space, tuning } = this.#app;
    if (space === 'tune') return tuning.run ? [tuning.run.id] : [];
    if (comparison.runIds.length > 0) return comparison.runIds;
    return stripRuns.length > 0 || !runInHand ? stripRuns : [runInHand.id];
  });

  /** The runs whose curves are there, in the order of their letters. */
  readonly #runsThere = $derived.by((): readonly number[] => [
    ...new Set(this.curves.map(({ runId }) => runId)),
  ]);

  /** A, B, C of the runs: a blinked or absent one keeps its letter. */
  readonly letters = $derived.by((): ReadonlyMap<number, string> => {
    const { comparison, stripRuns } = this.#app;
    const sides = [comparison.a, comparison.b].map((side) =>
      side?.kind === 'run' ? side.runId : undefined,
    );
    const order = comparison.open ? sides : stripRuns.length > 0 ? stripRuns : this.#runsThere;
    const named = order.flatMap((id, i) => (id === undefined ? [] : [[id, LETTERS[i] ?? '']] as const)); // prettier-ignore
    return new Map(named);
  });

  /** The threshold of each curve, with where it lies. */
  readonly thresholds = $derived.by(() => {
    if (this.stripCount === 0) return [];
    return STRIP_PHASES.flatMap((phase, i) =>
      this.curves
        .filter((curve) => phaseFamily(curve.phase) === phase)
        .map(({ runId, phase: label, threshold }) => {
          const value = tunedThreshold(this.#app, label, this.sensor) ?? threshold;
          return { phase, runId, value, yPx: yOfProbability(this.strip(i), value) };
        }),
    );
  });

  /** The values beside the strips. */
  readonly thresholdLabels = $derived(
    STRIP_PHASES.flatMap((phase, i) =>
      thresholdLabels(
        this.thresholds.filter((line) => line.phase === phase),
        this.letters,
        this.strip(i),
      ),
    ),
  );

  /** What the zoom shows, and then what it shows when the review goes on. */
  load(): void {
    const { filter, timeline, queue, rows } = this.#app;
    const keysOf = (streams: readonly StreamInfo[]): string[] => streams.map((s) => s.streamKey);
    const wish = {
      streamKeys: keysOf(this.components),
      spareKeys: [],
      view: timeline.zoom,
      widthDevicePx: this.surface.widthDevicePx,
      filter: filter.inForce,
      demean: filter.demean,
    };
    this.view.want(wish);
    const next = queue.upcoming;
    this.view.expect(
      next && {
        ...wish,
        streamKeys: keysOf(componentsOf(rows.streams, formatNslc(next.stream))),
        view: timeline.zoomAbout(next.time),
      },
    );
  }

  /** Fetches the curves for three zooms' width unless they are there. `changes` grows when a run has changed. */
  async loadCurves(changes: number, signal: AbortSignal): Promise<void> {
    const runIds = this.curveRuns;
    const remade = this.#app.space === 'tune' ? this.#app.tuning.remade : undefined;
    const { zoom } = this.#app.timeline;
    const { sensor } = this;
    const of = `${sensor} ${JSON.stringify(remade)}`;
    const revision = `${changes} ${runIds.join()}`;
    const { widthPx } = this.surface;
    if (sensor === undefined) {
      this.curves = [];
      this.#curvesAt = undefined;
    }
    if (sensor === undefined || widthPx < 1 || !this.#app.strips) return;
    const lengthNs = zoom.endNs - zoom.startNs;
    const densityPxPerS = widthPx / Number(lengthNs);
    const at = this.#curvesAt;
    const ratio = at ? at.densityPxPerS / densityPxPerS : 0;
    const isThere = at?.of === of && at.revision === revision && ratio > 0.5 && ratio < 4;
    if (isThere && at.window.startNs <= zoom.startNs && at.window.endNs >= zoom.endNs) return;
    const window = { startNs: epochNs(zoom.startNs - lengthNs), endNs: epochNs(zoom.endNs + lengthNs) }; // prettier-ignore
    // Those of another run stand, under its name, until the new ones are there.
    if (at && at.of !== of) this.curves = [];
    const curves = await this.#app.client.call(
      'probability.window',
      { sensorKeys: [sensor], window, widthPx: Math.ceil(widthPx * 6), runId: undefined, ...(runIds.length > 0 ? { runIds } : {}), ...(remade && { remade }) }, // prettier-ignore
      { signal },
    );
    this.#curvesAt = { of, window, densityPxPerS, revision };
    this.curves = curves;
    this.#app.picks.probabilities = curves;
  }

  /** Loads and says so; a failure is reported, a cancelled one is not. */
  async loadCurvesBusily(changes: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#app.idle.during(this.loadCurves(changes, signal));
    } catch (error) {
      const isCancelled =
        signal.aborted || (error instanceof AppError && error.code === 'cancelled');
      if (!isCancelled) this.#app.notices.report(error);
    }
  }

  #componentTop(index: number): number {
    return this.lanePx + index * this.componentPx;
  }

  frame(palette: Palette): TraceFrame {
    const { timeline, rows, filter } = this.#app;
    const { widthDevicePx: width, heightDevicePx: height, ratio } = this.surface;
    const { startNs, endNs } = timeline.zoom;
    const pixels = [palette['trace-z'], palette['trace-n'], palette['trace-e']].map(toPixel);
    return {
      width,
      height,
      ratio,
      startNs,
      endNs,
      background: toPixel(palette['surface-well']),
      tints: this.#tints(palette),
      rows: this.components.map(({ streamKey }, i) => {
        const tracePx = traceOfRowPx(this.#app.detector.zoom, streamKey, this.componentPx);
        const top = Math.round(this.#componentTop(i) * ratio);
        const bottom = Math.round((this.#componentTop(i) + tracePx) * ratio);
        const pixel = pixels[i] ?? 0xffffffff;
        return {
          key: streamKey,
          top,
          height: bottom - top,
          pixel,
          group: rows.scaleGroup(streamKey),
        };
      }),
      gain: rows.gain,
      centred: filter.on || filter.demean,
    };
  }

  #tints(palette: Palette): Tint[] {
    const { ratio, widthDevicePx: width } = this.surface;
    const { zoom } = this.#app.timeline;
    const hair = Math.max(1, Math.round(ratio));
    const tints: Tint[] = [];
    const line = (yPx: number, colour: string): void => {
      tints.push({ x: 0, y: Math.round(yPx * ratio), width, height: hair, pixel: toPixel(colour) });
    };
    this.components.forEach(({ streamKey }, i) => {
      const [top, bottom] = [this.#componentTop(i) * ratio, this.#componentTop(i + 1) * ratio];
      for (const zone of this.view.facts.get(streamKey)?.edgeZones ?? []) {
        const [left, right] = [zone.startNs, zone.endNs].map((time) =>
          Math.round(Math.max(-10, Math.min(width + 10, xOfTime(zoom, width, time)))),
        );
        tints.push({ x: left ?? 0, y: Math.round(top), width: (right ?? 0) - (left ?? 0), height: Math.round(bottom - top), pixel: toPixel(palette['well-edge-zone']) }); // prettier-ignore
      }
    });
    const gridTop = Math.round(this.lanePx * ratio);
    const gridHeight = Math.round(this.axisTopPx * ratio) - gridTop;
    tints.push(...gridTints(zoom, { width, top: gridTop, height: gridHeight, ratio }, palette));
    this.components.forEach(({ streamKey }, i) => {
      const tracePx = traceOfRowPx(this.#app.detector.zoom, streamKey, this.componentPx);
      line(this.#componentTop(i) + tracePx / 2, palette.zero);
      if (i > 0) line(this.#componentTop(i), palette['grid-strong']);
    });
    for (let i = 0; i < this.stripCount; i++) {
      line(this.strip(i).top, i === 0 ? palette.border : palette['grid-strong']);
    }
    line(this.axisTopPx, palette.border);
    return tints;
  }

  #look(picks: readonly Pick[]): DrawnPick[] {
    const { timeline, picks: view, selection } = this.#app;
    const place = { window: timeline.zoom, widthPx: this.surface.widthPx };
    const { live } = this.#drag;
    const drawn = drawnPicks(picks, place, {
      hidden: view.hidden,
      showRejected: view.showRejected,
      selectedIds: selection.pickIds,
      currentId: selection.currentPickId,
      hoverId: this.pointer.hoverId,
      live,
      leavesOut: (pick) => this.#app.comparison.hides(pick),
    });
    const isNewHere = live && !live.pick && sensorKey(parseNslc(live.streamKey)) === this.sensor;
    return isNewHere ? [...drawn, newPick(live, place)] : drawn;
  }

  paintOverlay(pen: Pen): void {
    const { timeline } = this.#app;
    const window = timeline.zoom;
    this.components.forEach((stream, i) => {
      const row = { window, top: this.#componentTop(i), height: this.componentPx, named: i === 0 };
      paintDetectorRow(pen, this.#app, this.#app.detector.zoom, stream.streamKey, row);
      const facts = this.view.facts.get(stream.streamKey);
      if (!facts || facts.parts.length === 0) return;
      const { gaps, overlaps, edgeZones } = facts;
      const tracePx = traceOfRowPx(this.#app.detector.zoom, stream.streamKey, this.componentPx);
      paintRowMarks(pen, { gaps, overlaps, edgeZones, dataSpan: stream }, { ...row, tracePx });
    });
    this.#paintStrips(pen, window);
    const picks = this.#look(this.picks);
    const flags = paintPicks(pen, picks, {
      top: this.lanePx,
      bottom: this.axisTopPx,
      flagTop: 3,
      flagHeightPx: 16,
      lanes: this.#lanes,
    });
    this.#drawn = { picks, flags };
    paintFormerPlace(pen, this.#drag.live, window, [this.lanePx, this.axisTopPx]);
    paintProposal(pen, this.#app.repick.ghost, { window, sensor: this.sensor, span: [this.lanePx, this.axisTopPx] }); // prettier-ignore
    paintTimeAxis(pen, window, { top: this.axisTopPx });
    paintHandMarks(pen, this.pointer, { cursorTime: timeline.cursor?.time, window });
  }

  #paintStrips(pen: Pen, window: TimeWindow): void {
    if (this.stripCount === 0) return;
    STRIP_PHASES.forEach((phase, i) => {
      const strip = this.strip(i);
      const curves = this.curves.filter((curve) => phaseFamily(curve.phase) === phase);
      const several = this.letters.size > 1;
      const taken: LetterPlace[] = [];
      curves.forEach((curve) => {
        const letter = this.letters.get(curve.runId) ?? 'A';
        const place = Math.max(0, LETTERS.indexOf(letter));
        paintProbability(pen, curve, window, strip, place);
        if (several) paintCurveLetter(pen, curve, { window, strip, letter, place, taken });
      });
    });
    for (const { yPx } of this.thresholds) {
      pen.horizontalDashed([0, pen.widthPx], yPx, pen.palette['text-3'], [3, 3]);
    }
  }

  #streamAt(yPx: number): string | undefined {
    const index = Math.floor((yPx - this.lanePx) / Math.max(1, this.componentPx));
    // The lane and the strips belong to the first component.
    const stream = this.components[index] ?? this.components[0];
    return stream?.streamKey;
  }

  #pickAt({ xPx, yPx }: Point): Pick | undefined {
    const lane = Math.floor((yPx - 3) / 18);
    const flagLane = yPx < this.lanePx && lane >= 0 ? lane : undefined;
    const id = pickAt(this.#drawn.picks, this.#drawn.flags, { xPx, flagLane });
    return this.#app.picks.find(id);
  }

  #picksIn(a: Point, b: Point): number[] {
    const [left, right] = [Math.min(a.xPx, b.xPx), Math.max(a.xPx, b.xPx)];
    const inside = this.#drawn.picks.filter(({ xPx, id }) => id > 0 && xPx >= left && xPx <= right);
    return inside.map(({ id }) => id);
  }
}
