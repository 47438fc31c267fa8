import { expect, test } from 'vitest'
import { ConcurrencyLimit } from './concurrencyLimit.ts'

/** Work that ends when it is told to. */
function startWork(limit: ConcurrencyLimit, name: string, begun: string[], label: string): { end: () => void; done: Promise<void> } {
  let end = (): void => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  const done = limit.run(name, () => {
    begun.push(label)
    return ended
  })
  return { end, done }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('so many run at once, and the others in the order in which they came', async () => {
  const limit = new ConcurrencyLimit(2)
  const begun: string[] = []
  const works = ['a', 'b', 'c', 'd'].map((label) => startWork(limit, 'one', begun, label))
  await turn()
  expect(begun).toEqual(['a', 'b'])
  works[1]?.end()
  await turn()
  expect(begun).toEqual(['a', 'b', 'c'])
  for (const work of works) work.end()
  await Promise.all(works.map(({ done }) => done))
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
})

test('one name does not wait for another', async () => {
  const limit = new ConcurrencyLimit(1)
  const begun: string[] = []
  const works = ['one', 'other'].map((name) => startWork(limit, name, begun, name))
  await turn()
  expect(begun).toEqual(['one', 'other'])
  for (const { end } of works) end()
  await Promise.all(works.map(({ done }) => done))
})

test('work that fails makes room as well', async () => {
  const limit = new ConcurrencyLimit(1)
  await expect(limit.run('one', () => Promise.reject(new Error('it failed')))).rejects.toThrow('it failed')
  await expect(limit.run('one', () => Promise.resolve('done'))).resolves.toBe('done')
})

test('tells how much of a name is running or waiting', async () => {
  const limit = new ConcurrencyLimit(1)
  const begun: string[] = []
  const works = ['a', 'b'].map((id) => startWork(limit, 'one', begun, id))
  await turn()
  expect([limit.load('one'), limit.load('other')]).toEqual([2, 0])
  for (const { end } of works) end()
  await Promise.all(works.map(({ done }) => done))
  expect(limit.load('one')).toBe(0)
})
