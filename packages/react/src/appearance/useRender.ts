import { cloneElement, createElement, type CSSProperties, type ReactElement } from 'react'
import type { Render } from './appearance.ts'

interface MergedProps {
  readonly className?: string | undefined
  readonly style?: CSSProperties | undefined
  readonly onClick?: ((event: never) => void) | undefined
}

/**
 * Renders the element of a component: its own, or what the app has put in its place. Of an element that is given, classes and styles
 * are added, its click is heard before ours, and all other props win.
 */
export function useRender<Props extends object & MergedProps, State>(render: Render<Props, State> | undefined, tag: string, props: Props, state: State): ReactElement {
  if (typeof render === 'function') return render(props, state)
  if (!render) return createElement(tag, props)
  const { className = '', style, onClick }: MergedProps = render.props
  return cloneElement<object>(render, {
    ...props,
    ...render.props,
    className: `${props.className} ${className}`,
    style: { ...props.style, ...style },
    onClick(event: never) {
      onClick?.(event)
      props.onClick?.(event)
    },
  })
}
