'use client'
import type { ReactElement } from 'react'
import type { AppearanceProps, AppearanceSlot, Render } from './appearance.ts'
import type { ComponentLook } from './useLook.ts'
import { useRender } from './useRender.ts'

interface RootProps<Props, State> extends AppearanceProps<State> {
  readonly render?: Render<Props, State> | undefined
}

/** Renders a component whose outermost element is the one that an app gives looks, attributes and another shape: what it was given, then `own`. */
export function useRoot<Props extends object, State>(
  tag: string,
  slot: AppearanceSlot,
  ownClass: string,
  { render, className, style, appearance: _told, unstyled: _toldToo, ...native }: RootProps<Props, State>,
  { element, variables, state }: ComponentLook<State>,
  own: Props,
): ReactElement {
  return useRender(render, tag, { ...native, ...element(slot, ownClass, variables, className, style), ...own }, state)
}
