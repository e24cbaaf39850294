// A page as a person's browser has it. Playwright has every message of a page's WebSocket sent to itself as text,
// which takes as long as making a picture of traces does; here nothing but the answer of a script crosses over.
import type { Browser, CDPSession } from 'playwright-core';

interface Reply {
  readonly id: number;
  readonly result?: {
    readonly result?: { readonly value?: unknown };
    readonly exceptionDetails?: { readonly text: string; readonly exception?: unknown };
  };
  readonly error?: { readonly message: string };
}

export interface BarePageOptions {
  readonly width: number;
  readonly height: number;
  /** Runs in the page before its own scripts. */
  readonly before: () => void;
}

/** A page that is told what to do by scripts alone. */
export class BarePage {
  readonly #session: CDPSession;
  readonly #sessionId: string;
  readonly #targetId: string;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #lastId = 0;

  private constructor(session: CDPSession, sessionId: string, targetId: string) {
    this.#session = session;
    this.#sessionId = sessionId;
    this.#targetId = targetId;
    session.on('Target.receivedMessageFromTarget', ({ message }) => {
      const reply = JSON.parse(message) as Reply;
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
  }

  /** Opens the address in a context of its own, and waits until Onset is idle. */
  static async open(browser: Browser, url: string, options: BarePageOptions): Promise<BarePage> {
    const { width, height, before } = options;
    const session = await browser.newBrowserCDPSession();
    const { browserContextId } = await session.send('Target.createBrowserContext');
    const target = { url: 'about:blank', browserContextId, width, height };
    const { targetId } = await session.send('Target.createTarget', target);
    const { sessionId } = await session.send('Target.attachToTarget', { targetId });
    const page = new BarePage(session, sessionId, targetId);
    await page.#send('Page.enable');
    await page.#send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false }); // prettier-ignore
    await page.#send('Page.addScriptToEvaluateOnNewDocument', { source: `(${String(before)})()` });
    await page.#send('Page.navigate', { url });
    while (!(await page.run('"onset" in window'))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await page.idle();
    return page;
  }

  /** The value of an expression, awaited when it is a promise. */
  async run(expression: string): Promise<unknown> {
    const { result, error } = await this.#send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    const failure = error?.message ?? result?.exceptionDetails?.text;
    if (failure !== undefined) throw new Error(`${failure}: ${expression}`);
    return result?.result?.value;
  }

  async idle(): Promise<void> {
    await this.run('window.onset.whenIdle()');
  }

  async close(): Promise<void> {
    await this.#session.send('Target.closeTarget', { targetId: this.#targetId });
    await this.#session.detach();
  }

  #send(method: string, params: object = {}): Promise<Reply> {
    const id = ++this.#lastId;
    const message = JSON.stringify({ id, method, params });
    const reply = new Promise<Reply>((resolve) => this.#waiting.set(id, resolve));
    const sent = this.#session.send('Target.sendMessageToTarget', {
      message,
      sessionId: this.#sessionId,
    });
    return sent.then(() => reply);
  }
}
