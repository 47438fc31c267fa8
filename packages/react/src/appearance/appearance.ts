import type { CSSProperties, ReactElement } from 'react'
import type { ConnectionListState } from '../connection-list/ConnectionList.tsx'
import type { HealthBadgeState } from '../health-badge/HealthBadge.tsx'
import type { ConnectButtonState } from '../connect-button/useConnectButton.ts'
import type { ProviderGridState } from '../provider-grid/ProviderGrid.tsx'
import type { ReconnectBannerState } from '../reconnect-banner/ReconnectBanner.tsx'
import type { RequestConnectionLinkState } from '../request-connection/RequestConnectionLink.tsx'
import type { ScopePickerState } from '../scope-picker/ScopePicker.tsx'

/** Class names, a style, or a function of the state that gives one of the two. */
export type ElementLook<State> = string | CSSProperties | ((state: State) => string | CSSProperties | undefined)

/** The elements that can be given looks, each with the state that a function of it is told. They carry their name as `data-authpipe`. */
export interface AppearanceSlots {
  connectButton: ConnectButtonState
  connectButtonLogo: ConnectButtonState
  connectButtonLabel: ConnectButtonState
  badge: HealthBadgeState
  card: ConnectButtonState
  cardLogo: ConnectButtonState
  cardTitle: ConnectButtonState
  cardAccount: ConnectButtonState
  cardMeta: ConnectButtonState
  cardStatus: ConnectButtonState
  cardActions: ConnectButtonState
  logo: unknown
  list: ConnectionListState
  grid: ProviderGridState
  gridItem: ProviderGridState
  search: ProviderGridState
  dialog: unknown
  dialogTitle: unknown
  field: unknown
  fieldLabel: unknown
  fieldInput: unknown
  fieldError: unknown
  scopes: ScopePickerState
  scope: ScopePickerState
  banner: ReconnectBannerState
  requestLink: RequestConnectionLinkState
}

/** Name of an element that can be given looks. */
export type AppearanceSlot = keyof AppearanceSlots

/** The variables of the style sheet. */
export type AppearanceVariable = `--ap-${
  | `color-${'background' | 'foreground' | 'muted' | 'muted-foreground' | 'placeholder' | 'border' | 'input-border' | 'primary' | 'primary-foreground' | 'ring'}`
  | `color-${'success' | 'warning' | 'danger' | 'info'}${'' | '-subtle'}`
  | 'color-danger-solid'
  | 'radius'
  | 'spacing'
  | 'font-family'
  | 'font-size'
  | `duration-${'fast' | 'base' | 'slow'}`
  | `ease-${'enter' | 'exit'}`
  | `shadow-${'sm' | 'lg'}`
  | 'target-coarse'}`

/** The looks of components: variables for all of one, and classes or styles for single elements. */
export interface Appearance {
  readonly variables?: Readonly<Partial<Record<AppearanceVariable, string>>> | undefined
  readonly elements?: { readonly [Slot in AppearanceSlot]?: ElementLook<AppearanceSlots[Slot]> | undefined } | undefined
}

/** Another element in the place of a component's own: one that is given the props, or a function that makes one of them. */
export type Render<Props, State> = ReactElement<{ readonly className?: string }> | ((props: Props, state: State) => ReactElement)

/** What every component understands of looks. */
export interface AppearanceProps<State> {
  /** Added to the component's own classes. */
  readonly className?: string | ((state: State) => string | undefined) | undefined
  /** Added to the component's own styles. */
  readonly style?: CSSProperties | ((state: State) => CSSProperties | undefined) | undefined
  /** Looks of this component, over those of `AuthpipeProvider`. */
  readonly appearance?: Appearance | undefined
  /**
   * Leaves the classes `ap-…` out, so that no rule of the style sheet applies.
   * @defaultValue `false`
   */
  readonly unstyled?: boolean | undefined
}
