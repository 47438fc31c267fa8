'use client'
import { useEffect, useState, type FocusEventHandler } from 'react'

interface HeldRows<Row> {
  readonly rows: readonly Row[]
  /** Goes on the element around the rows, of which each carries its key as `data-row`. */
  readonly onFocus: FocusEventHandler<HTMLElement>
}

/** Keeps the row that the user is in, even when it is no longer among the rows, until they turn to something else: nothing vanishes under their hands. */
export function useHeldRows<Row extends { readonly key: string }>(rows: readonly Row[], onFocus?: FocusEventHandler<HTMLElement>): HeldRows<Row> {
  const [held, setHeld] = useState<{ readonly row: Row; readonly index: number; readonly root: HTMLElement }>()
  const root = held?.root
  useEffect(() => {
    if (!root) return
    const listening = new AbortController()
    const leave = ({ target }: Event): void => {
      if (target instanceof Node && !root.contains(target)) setHeld(undefined)
    }
    for (const type of ['focusin', 'pointerdown']) document.addEventListener(type, leave, listening)
    return () => listening.abort()
  }, [root])

  const isGone = held && !rows.some(({ key }) => key === held.row.key)
  return {
    rows: isGone ? [...rows.slice(0, held.index), held.row, ...rows.slice(held.index)] : rows,
    onFocus(event) {
      onFocus?.(event)
      const { target, currentTarget } = event
      const key = target.closest('[data-row]')?.getAttribute('data-row')
      const index = rows.findIndex((row) => row.key === key)
      const row = rows[index]
      if (row) setHeld({ row, index, root: currentTarget })
    },
  }
}
