// Answers to a page made from what has been decoded so far.

/** Waits for all, but no longer than this; what is under way then goes on. Throws what one of them throws meanwhile. */
export async function waitAtMost(loads: readonly Promise<unknown>[], ms: number): Promise<void> {
  if (loads.length === 0) return;
  // After an impatient answer a rejection is only the caller's abort.
  for (const load of loads) load.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const impatient = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([Promise.all(loads), impatient]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Makes an answer for each of `asked`, in their order. Those of which something was decoded while others were made are made
 * once more: nobody would say any more that it is there.
 */
export async function madeUpToDate<T, R>(
  asked: readonly T[],
  isPending: (each: T) => boolean,
  make: (some: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const made = new Map<T, R>();
  const waiting = new Set<T>();
  let next = asked;
  while (next.length > 0) {
    for (const each of next) {
      if (isPending(each)) waiting.add(each);
      else waiting.delete(each);
    }
    const answers = await make(next);
    answers.forEach((answer, i) => made.set(next[i] as T, answer));
    next = [...waiting].filter((each) => !isPending(each));
  }
  return asked.map((each) => made.get(each) as R);
}
