import { describe, expect, it } from 'vitest'
import { Pump } from './pump.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A pump over a list, whose pieces are done when they are told to. */
function startPump({ pieces = [] as string[], atOnce = 2, batch = 2 }) {
  const begun: string[] = []
  const givenBack: string[] = []
  const ends = new Map<string, () => void>()
  let takes = 0
  let answered = Promise.resolve()
  const pump = new Pump<string>(
    {
      async take() {
        takes += 1
        const taken = pieces.splice(0, batch)
        await answered
        return taken
      },
      work(piece) {
        begun.push(piece)
        return new Promise((resolve) => ends.set(piece, resolve))
      },
      giveBack: async (piece) => void givenBack.push(piece),
    },
    atOnce,
  )
  return {
    pump,
    pieces,
    begun,
    givenBack,
    takes: () => takes,
    end: (piece: string) => ends.get(piece)?.(),
    /** Lets no question to the source be answered until the result is called. */
    holdAnswers() {
      let release = (): void => {}
      answered = new Promise((resolve) => (release = resolve))
      return release
    },
  }
}

describe('Pump', () => {
  it('does what there is, so many at once, and takes more only when it has begun all that it took', async () => {
    const { pump, pieces, begun, end } = startPump({ pieces: ['a', 'b', 'c', 'd', 'e'], atOnce: 2, batch: 3 })
    const done = pump.run()
    await turn()
    expect(begun).toEqual(['a', 'b'])
    end('a')
    await turn()
    expect({ begun, left: pieces }).toEqual({ begun: ['a', 'b', 'c'], left: ['d', 'e'] })
    for (const piece of ['b', 'c', 'd', 'e']) {
      await turn()
      end(piece)
    }
    await done
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('goes on beside a piece that takes for ever', async () => {
    const { pump, pieces, begun, end } = startPump({ pieces: ['stuck'], atOnce: 2 })
    void pump.run()
    await turn()
    pieces.push('a', 'b')
    void pump.run()
    await turn()
    end('a')
    await turn()
    expect(begun).toEqual(['stuck', 'a', 'b'])
  })

  it('looks once more for who called while it was looking', async () => {
    const { pump, pieces, begun, takes, holdAnswers } = startPump({})
    const release = holdAnswers()
    void pump.run()
    await turn()
    pieces.push('late')
    void pump.run()
    release()
    await turn()
    expect({ begun, takes: takes() }).toEqual({ begun: ['late'], takes: 2 })
  })

  it('says what the source says when it fails, and works again after it', async () => {
    let isBroken = true
    const begun: string[] = []
    const pieces = ['a']
    const pump = new Pump<string>(
      {
        take: async () => {
          if (isBroken) throw new Error('the source failed')
          return pieces.splice(0)
        },
        work: async (piece) => void begun.push(piece),
        giveBack: async () => undefined,
      },
      2,
    )
    await expect(pump.run()).rejects.toThrow('the source failed')
    isBroken = false
    await pump.run()
    expect(begun).toEqual(['a'])
  })

  it('gives back what it has not begun when it is stopped, waits for the rest, and takes nothing more', async () => {
    const { pump, pieces, begun, givenBack, takes, end } = startPump({ pieces: ['a', 'b', 'c'], atOnce: 1, batch: 3 })
    void pump.run()
    await turn()
    let isStopped = false
    const stopping = pump.stop().then(() => (isStopped = true))
    await turn()
    expect({ begun, givenBack, isStopped }).toEqual({ begun: ['a'], givenBack: ['b', 'c'], isStopped: false })
    end('a')
    await stopping
    pieces.push('d')
    await pump.run()
    expect({ begun, takes: takes() }).toEqual({ begun: ['a'], takes: 1 })
  })
})
