import { cloneElement, createElement, type ReactElement } from 'react'
import type { Render } from './appearance.ts'

/**
 * Renders the element of a component: its own, or what the app has put in its place. An element that is given keeps its classes and
 * what the component says nothing of; handlers and styles belong on the component.
 */
export function useRender<Props extends object & { readonly className?: string | undefined }, State>(
  render: Render<Props, State> | undefined,
  tag: string,
  props: Props,
  state: State,
): ReactElement {
  if (typeof render === 'function') return render(props, state)
  if (!render) return createElement(tag, props)
  return cloneElement<object>(render, { ...props, className: `${props.className} ${render.props.className ?? ''}` })
}
