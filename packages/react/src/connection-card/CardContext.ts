'use client'
import { createContext, useContext, type ReactNode, type RefObject } from 'react'
import type { Connection } from '@authpipe/core'
import type { ComponentLook } from '../appearance/useLook.ts'
import type { ConnectButtonState } from '../connect-button/useConnectButton.ts'
import type { CardTexts } from './cardTexts.ts'

/** What the parts of a card have in common. */
export interface CardContextValue {
  readonly state: ConnectButtonState
  /** An account of the user's own, or our app in the provider's workspace. */
  readonly kind: Connection['kind']
  readonly look: ComponentLook<ConnectButtonState>
  readonly texts: CardTexts
  /** The provider's name, or what the app calls this card. */
  readonly title: string
  readonly titleId: string
  readonly headingLevel: 2 | 3 | 4 | 5 | 6
  readonly description: ReactNode
  readonly root: RefObject<HTMLElement | null>
  /** The button that fits the state, which has the focus again when what it opened is closed. */
  readonly action: RefObject<HTMLButtonElement | null>
  /** Whether what can be done with the connection is shown. */
  readonly isManaged: boolean
  readonly setManaged: (isManaged: boolean) => void
  readonly detailsId: string
}

export const CardContext = createContext<CardContextValue | null>(null)

/** The card around a part. */
export function useCard(): CardContextValue {
  const card = useContext(CardContext)
  if (!card) throw new Error('The parts of a ConnectionCard tell what their card knows: put them inside a ConnectionCard.')
  return card
}
