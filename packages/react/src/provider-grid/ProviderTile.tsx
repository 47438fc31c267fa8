'use client'
import type { ReactNode } from 'react'
import type { ConnectionStatus, ProviderSummary } from '@authpipe/core'
import { ConnectButton } from '../connect-button/ConnectButton.tsx'
import { HealthBadge } from '../health-badge/HealthBadge.tsx'
import { InstallButton } from '../install-button/InstallButton.tsx'
import { ProviderLogo } from '../provider-logo/ProviderLogo.tsx'
import { useAuthpipe } from '../useAuthpipe.ts'

interface ProviderTileProps {
  readonly provider: ProviderSummary
  /** Of the connection that there is. */
  readonly status: ConnectionStatus | undefined
  readonly onSelect: ((provider: ProviderSummary) => void) | undefined
}

/** A provider to choose. Where nobody takes the choice, the tile connects it. */
export function ProviderTile({ provider, status, onSelect }: ProviderTileProps): ReactNode {
  const { id, description } = provider
  const name = useAuthpipe().providers[id]?.name ?? provider.name
  const content = (
    <>
      <ProviderLogo provider={id} name={name} />
      <span className="ap-tile-text">
        <b>{name}</b> <span>{description}</span>
      </span>
      {status && status !== 'revoked' && <HealthBadge status={status} />}
    </>
  )
  if (!onSelect) {
    const Button = provider.auth.every(({ kind }) => kind === 'installation') ? InstallButton : ConnectButton
    return (
      <Button provider={id} className="ap-tile" fullWidth>
        {content}
      </Button>
    )
  }
  return (
    <button type="button" className="ap-button ap-tile" data-provider={id} data-status={status ?? 'absent'} onClick={() => onSelect(provider)}>
      <span className="ap-content">{content}</span>
    </button>
  )
}
