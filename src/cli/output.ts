// Stdout carries what was asked for and nothing else; everything said to a person goes to stderr.

/** Writes to stdout and waits until it is out, so that a large answer is whole before the program ends. */
export function print(text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** JSON as all commands write it: nanoseconds as decimal texts, what is not set as null. */
export function jsonText(value: unknown): string {
  const plain = (_key: string, inner: unknown): unknown =>
    typeof inner === 'bigint' ? inner.toString() : inner === undefined ? null : inner;
  return `${JSON.stringify(value, plain, 2)}\n`;
}

export function printJson(value: unknown): Promise<void> {
  return print(jsonText(value));
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A reader that has seen enough (`| head`) is no failure. */
export function endQuietlyWhenUnread(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

/** `1 pick`, `12 picks`. */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** Progress of a job: one line that is written over on a terminal, each tenth in a log. */
export class ProgressLine {
  #lastPercent = -10;
  #open = false;

  show(label: string, done: number, total: number, secondsLeft: number | undefined): void {
    if (total <= 0) return;
    const percent = Math.floor((100 * done) / total);
    const left = secondsLeft === undefined ? '' : `, ${formatDuration(secondsLeft)} left`;
    const text = `${label}: ${percent} %${left}`;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r${text}\x1b[K`);
      this.#open = true;
    } else if (percent >= this.#lastPercent + 10) {
      this.#lastPercent = percent;
      say(text);
    }
  }

  end(): void {
    if (this.#open) process.stderr.write('\n');
    this.#open = false;
    this.#lastPercent = -10;
  }
}

function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
