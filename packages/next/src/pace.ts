interface Lane {
  /** When the last one began, on this machine's steady clock. */
  begunAt: number
  /** Resolves when the last one in line has begun. */
  line: Promise<void>
}

/** Lets so many things of one name begin in a second, with the same time between any two; the others wait in line. */
export class Pace {
  readonly #lanes = new Map<string, Lane>()

  /** Resolves when it is the turn of the one who asks. @param perSecond - how many turns a second has */
  turn(name: string, perSecond: number): Promise<void> {
    let lane = this.#lanes.get(name)
    if (!lane) this.#lanes.set(name, (lane = { begunAt: -Infinity, line: Promise.resolve() }))
    return (lane.line = takeTurn(lane, lane.line, 1_000 / perSecond))
  }
}

async function takeTurn(lane: Lane, before: Promise<void>, betweenMs: number): Promise<void> {
  await before
  const waitMs = lane.begunAt + betweenMs - performance.now()
  // A timer counts whole milliseconds, and less than one is none to it.
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.ceil(waitMs)))
  lane.begunAt = performance.now()
}
