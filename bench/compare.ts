// Times a thing against the floor that it cannot beat, in one process, so that the machine's mood falls on both.

/** One side of a comparison. It brings its own loop: shared by both, a loop would be compiled for neither. */
export type Side = (calls: number) => Promise<void>

export interface Race {
  readonly name: string
  readonly floorName: string
  readonly floor: Side
  readonly subject: Side
  /** Calls of one batch: enough for a millisecond or more, few enough to fit between two interruptions. */
  readonly calls: number
  /** Batches of each side in one round; the round counts as its third fastest, which neighbours on the machine hardly touch. */
  readonly batches: number
  /** Largest ratio that is fine. */
  readonly goal: number
}

/** Microseconds of one call, over the rounds. */
export interface Timing {
  readonly min: number
  readonly median: number
}

export interface Comparison extends Pick<Race, 'name' | 'floorName' | 'goal'> {
  readonly floor: Timing
  readonly subject: Timing
  /** Ratio of the minima. */
  readonly ratio: number
}

const rounds = 9

/** Runs both sides in turn, round after round, and compares their best rounds. One more round before warms them up. */
export async function compare({ name, floorName, floor, subject, calls, batches, goal }: Race): Promise<Comparison> {
  const sides = [
    { run: floor, rounds: [] as number[] },
    { run: subject, rounds: [] as number[] },
  ] as const
  for (let round = 0; round <= rounds; round += 1) {
    const times = new Map<Side, number[]>([
      [floor, []],
      [subject, []],
    ])
    for (let batch = 0; batch < batches; batch += 1) {
      for (const { run } of batch % 2 === 0 ? sides : sides.toReversed()) {
        const start = performance.now()
        await run(calls)
        times.get(run)?.push(((performance.now() - start) * 1000) / calls)
      }
    }
    if (round > 0) for (const side of sides) side.rounds.push(sorted(times.get(side.run) ?? [])[2] ?? Number.NaN)
  }
  const [floorTiming, subjectTiming] = [summarize(sides[0].rounds), summarize(sides[1].rounds)]
  return { name, floorName, goal, floor: floorTiming, subject: subjectTiming, ratio: subjectTiming.min / floorTiming.min }
}

const summarize = (times: readonly number[]): Timing => ({ min: Math.min(...times), median: sorted(times)[times.length >> 1] ?? Number.NaN })

const sorted = (values: readonly number[]): number[] => values.toSorted((one, other) => one - other)
