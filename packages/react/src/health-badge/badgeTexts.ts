// The texts of the badge that the button has no use for.

/** The texts of `HealthBadge`, beside `active`, `needs_reauth` and `failed`. */
export interface BadgeTexts {
  /**
   * The provider does not answer as it should.
   * @defaultValue `Has trouble right now`
   */
  readonly degraded: string
  /**
   * The provider was asked for more than it granted.
   * @defaultValue `Update available`
   */
  readonly missing_scopes: string
  /** @defaultValue `Not connected` */
  readonly absent: string
  /** @defaultValue `Disconnected` */
  readonly revoked: string
  /**
   * After the status; `{time}` stands for how long ago.
   * @defaultValue `checked {time}`
   */
  readonly checked: string
}

export const badgeTexts: BadgeTexts = {
  degraded: 'Has trouble right now',
  missing_scopes: 'Update available',
  absent: 'Not connected',
  revoked: 'Disconnected',
  checked: 'checked {time}',
}
