import { AppError, messageOf } from '../../src/base/appError.ts';
import type { Notice } from '../../src/contract/messages/session.ts';

export interface ShownNotice extends Notice {
  readonly id: number;
  /** How often the same thing was said. */
  readonly count: number;
}

const MOST = 50;

/** What the page has to say above the work; never a modal. The newest stands first. */
export class Notices {
  list = $state.raw<readonly ShownNotice[]>([]);
  #lastId = 0;

  add(notice: Notice): number {
    const same = this.list.find((n) => n.text === notice.text && n.file === notice.file);
    const id = same?.id ?? ++this.#lastId;
    const shown = { ...notice, id, count: (same?.count ?? 0) + 1 };
    this.list = [shown, ...this.list.filter((n) => n.id !== id)].slice(0, MOST);
    return id;
  }

  close(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  closeAll(): void {
    this.list = [];
  }

  /** A thrown thing as a notice; cancellation is never shown. */
  report(error: unknown): void {
    if (error instanceof AppError && error.code === 'cancelled') return;
    if (error instanceof DOMException && error.name === 'AbortError') return;
    if (!(error instanceof AppError)) console.error(error);
    this.add({ level: 'error', text: messageOf(error), file: undefined });
  }
}
