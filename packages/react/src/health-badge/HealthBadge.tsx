'use client'
import { forwardRef, type ComponentPropsWithRef, type HTMLAttributes } from 'react'
import type { Connection } from '@authpipe/core'
import type { AppearanceProps, Render } from '../appearance/appearance.ts'
import { useLook } from '../appearance/useLook.ts'
import { useRoot } from '../appearance/useRoot.ts'
import { Icon, tick } from '../connect-button/Icon.tsx'
import { fillIn } from '../messages.ts'
import { useMessages } from '../useMessages.ts'
import { useRelativeTime } from '../useRelativeTime.ts'
import { badgeStatus, type BadgeStatus } from './badgeStatus.ts'
import { badgeTexts } from './badgeTexts.ts'

/** What looks of a badge may depend on. */
export interface HealthBadgeState {
  readonly status: BadgeStatus
}

export interface HealthBadgeProps extends AppearanceProps<HealthBadgeState>, Omit<HTMLAttributes<HTMLSpanElement>, keyof AppearanceProps<never>> {
  /** The connection that it speaks of; `null` for none. */
  readonly connection?: Connection | null | undefined
  /** What to say instead of what follows from the connection. */
  readonly status?: BadgeStatus | undefined
  /**
   * ISO 8601 instant of the last check, to be said beside the status once the page has woken up.
   * @defaultValue not said
   */
  readonly checkedAt?: string | undefined
  /**
   * Whether the word is seen; it is spoken in any case.
   * @defaultValue `true`
   */
  readonly showLabel?: boolean | undefined
  /** @defaultValue `md` */
  readonly size?: 'sm' | 'md' | undefined
  /** Another element in the place of the `<span>`. */
  readonly render?: Render<ComponentPropsWithRef<'span'>, HealthBadgeState> | undefined
}

const warning = 'M8 2.5 14.5 13.5h-13zM8 6.5v3M8 11.7v.1'
const icons: Readonly<Record<BadgeStatus, string>> = {
  active: tick,
  needs_reauth: warning,
  degraded: warning,
  failed: 'm4 4 8 8m0-8-8 8',
  missing_scopes: 'M8 13V3.5M4 7.5l4-4 4 4',
  absent: 'M4 8h8',
  revoked: 'M4 8h8',
}

/**
 * Says how a connection is: an icon, a word and a colour that say the same.
 *
 * @example
 * <HealthBadge connection={connection} checkedAt={connection?.health.checkedAt} />
 */
export const HealthBadge = forwardRef<HTMLSpanElement, HealthBadgeProps>(function HealthBadge(props, ref) {
  const { connection, status = badgeStatus(connection), checkedAt, showLabel = true, size = 'md', ...rest } = props
  const look = useLook(rest, { status })
  const messages = useMessages()
  const texts = { ...badgeTexts, ...messages.healthBadge, active: messages.active, needs_reauth: messages.needs_reauth, failed: messages.failed }
  const time = useRelativeTime(checkedAt)
  return useRoot('span', 'badge', 'ap-pill', rest, look, {
    ref,
    'data-status': status,
    'data-size': size,
    'data-label': showLabel,
    children: (
      <>
        <Icon path={icons[status]} />
        <span className={showLabel ? undefined : 'ap-hidden'}>
          {texts[status]}
          {time && ` · ${fillIn(texts.checked, { time })}`}
        </span>
      </>
    ),
  })
})
