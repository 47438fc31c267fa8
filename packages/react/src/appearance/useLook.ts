'use client'
import type { CSSProperties } from 'react'
import { useAuthpipe } from '../useAuthpipe.ts'
import type { Appearance, AppearanceProps, AppearanceSlot, ElementLook } from './appearance.ts'

interface ElementProps {
  readonly 'data-authpipe': AppearanceSlot
  readonly className: string
  readonly style: CSSProperties
}

/** The looks of a component in a state. */
export interface ComponentLook<State> {
  /** Names an element and gives it its own classes, then what the app says of that element, then `more`; the last style counts. */
  readonly element: (slot: AppearanceSlot, ownClass: string, ...more: readonly (ElementLook<State> | undefined)[]) => ElementProps
  /** What the app says of the whole component, for its outermost element. */
  readonly variables: Appearance['variables'] & CSSProperties
  readonly state: State
}

/** Joins the looks that an app has given to all components with those that it has given to this one. */
export function useLook<State>({ appearance, unstyled }: AppearanceProps<State>, state: State): ComponentLook<State> {
  const given = useAuthpipe()
  return {
    variables: { ...given.appearance?.variables, ...appearance?.variables },
    state,
    element(slot, ownClass, ...more) {
      let className = unstyled ?? given.unstyled ? '' : ownClass
      let style = {}
      for (const look of [given.appearance?.elements?.[slot], appearance?.elements?.[slot], ...more]) {
        // Which state an element's look is told is said by its slot.
        const value = typeof look === 'function' ? look(state as never) : look
        if (typeof value === 'string') className += ` ${value}`
        else style = { ...style, ...value }
      }
      return { 'data-authpipe': slot, className: className.trim(), style }
    },
  }
}
