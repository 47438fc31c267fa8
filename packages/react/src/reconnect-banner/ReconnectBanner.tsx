'use client'
import { forwardRef, type ComponentPropsWithRef, type HTMLAttributes, type ReactNode } from 'react'
import type { Connection } from '@authpipe/core'
import type { AppearanceProps, Render } from '../appearance/appearance.ts'
import { useLook } from '../appearance/useLook.ts'
import { useRoot } from '../appearance/useRoot.ts'
import { ConnectButton } from '../connect-button/ConnectButton.tsx'
import { Icon } from '../connect-button/Icon.tsx'
import { useHeldRows } from '../held-rows/useHeldRows.ts'
import { InstallButton } from '../install-button/InstallButton.tsx'
import { countedText } from '../messages.ts'
import { useAuthpipe } from '../useAuthpipe.ts'
import { useConnections, type ConnectionsFilter } from '../useConnections.ts'
import { useLocale } from '../useLocale.ts'
import { connectionRef } from '../connectionRef.ts'
import { bannerTexts } from './bannerTexts.ts'

/** What looks of a banner may depend on. */
export interface ReconnectBannerState {
  /** The connections that only a user can mend. */
  readonly connections: readonly Connection[]
}

export interface ReconnectBannerProps extends AppearanceProps<ReconnectBannerState>, Omit<HTMLAttributes<HTMLElement>, 'children' | keyof AppearanceProps<never>> {
  /**
   * Which connections are looked at.
   * @defaultValue all of them
   */
  readonly filter?: ConnectionsFilter | undefined
  /** Another element in the place of the `<section>`. */
  readonly render?: Render<ComponentPropsWithRef<'section'>, ReconnectBannerState> | undefined
}

/**
 * Stands at the top of a page while connections need attention, with a button for each of them; else it is nothing. What has been mended stays until
 * the user turns away from it.
 *
 * @example
 * <ReconnectBanner />
 */
export const ReconnectBanner = forwardRef<HTMLElement, ReconnectBannerProps>(function ReconnectBanner({ filter, ...rest }, ref): ReactNode {
  const texts = { ...bannerTexts, ...useAuthpipe().messages.reconnectBanner }
  const locale = useLocale()
  const { data: all = [] } = useConnections(filter)
  const broken = all.filter(({ status }) => status === 'needs_reauth' || status === 'failed')
  const { rows, onFocus } = useHeldRows(broken.map((connection) => ({ key: connection.id, connection })), rest.onFocus)
  const look = useLook(rest, { connections: broken })
  const banner = useRoot('section', 'banner', 'ap-banner', rest, look, {
    ref,
    onFocus,
    'aria-label': rest['aria-label'] ?? texts.label,
    children: (
      <>
        <p>
          <Icon path="M8 2.5 14.5 13.5h-13zM8 6.5v3M8 11.7v.1" />
          {broken.length > 0 ? countedText(texts.title, broken.length, locale) : texts.mended}
        </p>
        <ul>
          {rows.map(({ key, connection }) => {
            const Button = connection.kind === 'installation' ? InstallButton : ConnectButton
            return (
              <li key={key} data-row={key}>
                <Button {...connectionRef(connection, all)} size="sm" />
              </li>
            )
          })}
        </ul>
      </>
    ),
  })
  return rows.length > 0 && banner
})
