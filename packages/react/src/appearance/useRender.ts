import { cloneElement, createElement, type ReactElement } from 'react'
import type { Render } from './appearance.ts'

/**
 * Renders the element of a component: its own, or what the app has put in its place. Of an element that is given, classes and styles
 * are added, handlers run before ours, and all other props win.
 */
export function useRender<Props extends object, State>(render: Render<Props, State> | undefined, tag: string, props: Props, state: State): ReactElement {
  if (typeof render === 'function') return render(props, state)
  if (!render) return createElement(tag, props)
  const merged: Record<string, unknown> = Object.fromEntries(Object.entries(props))
  for (const [name, theirs] of Object.entries(render.props)) {
    const ours = merged[name]
    merged[name] =
      typeof ours === 'function' && typeof theirs === 'function' ? (...given: unknown[]) => (theirs(...given), ours(...given))
      : name === 'style' ? Object.assign({}, ours, theirs)
      : name === 'className' && ours ? `${ours as string} ${theirs as string}`
      : theirs
  }
  return cloneElement(render, merged)
}
