import type { Meta, StoryObj } from '@storybook/react-vite'
import { useEffect, type ReactNode } from 'react'
import type { Connection } from '@authpipe/core'
import { ConnectButton, ConnectionCard, HealthBadge, ReconnectBanner, useConnect, type BadgeStatus, type ConnectButtonProps, type ConnectionCardProps } from '../../packages/react/src/index.ts'
import { MockAuthpipeProvider, mockConnection, type MockAuthpipeProviderProps } from '../../packages/react/src/testing/index.ts'
import { useAuthpipe } from '../../packages/react/src/useAuthpipe.ts'
import { expect, waitFor } from 'storybook/test'
import { exampleLogos } from '../exampleLogos.tsx'
import './States.css'

const meta = {
  title: 'Start here/States',
  // A picture of everything at once; each state has a story of its own.
  tags: ['!autodocs'],
  parameters: { layout: 'fullscreen' },
} satisfies Meta

export default meta

type World = Pick<MockAuthpipeProviderProps, 'scenario' | 'connections' | 'latencyMs' | 'messages'>

/** A world of its own for one state, in which an attempt may be under way. */
function State({ title, world, clicked, children }: { readonly title: string; readonly world?: World; readonly clicked?: boolean; readonly children: ReactNode }): ReactNode {
  const { messages } = useAuthpipe()
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <MockAuthpipeProvider providers={exampleLogos} messages={messages} latencyMs={1} {...world}>
        {clicked ? <Clicked>{children}</Clicked> : children}
      </MockAuthpipeProvider>
    </figure>
  )
}

function Clicked({ children }: { readonly children: ReactNode }): ReactNode {
  const { mutate: connect } = useConnect('livechat')
  // oxlint-disable-next-line react/exhaustive-deps -- one click
  useEffect(() => connect(), [])
  return children
}

const livechat = (changes?: Partial<Connection>): World => ({ connections: [mockConnection(changes)] })
const button = (props?: Partial<ConnectButtonProps>): ReactNode => <ConnectButton provider="livechat" {...props} />
const card = (props?: Partial<ConnectionCardProps>): ReactNode => <ConnectionCard provider="livechat" description="Bring the chats of your customers in." {...props} />
const badges: readonly BadgeStatus[] = ['active', 'degraded', 'missing_scopes', 'needs_reauth', 'failed', 'absent']

/** Every state of the button and the card, as people see them. */
export const States: StoryObj = {
  render: () => (
    <div className="states">
      <section aria-label="Buttons">
        <State title="Three sizes">
          <span className="row">
            {button({ size: 'sm' })}
            {button()}
            {button({ size: 'lg' })}
          </span>
        </State>
        <State title="Three weights">
          <span className="row">
            {button()}
            {button({ variant: 'primary' })}
            {button({ variant: 'ghost' })}
          </span>
        </State>
        <State title="Loading" world={{ scenario: 'loading' }}>
          {button()}
        </State>
        <State title="Connecting" world={{ scenario: 'never_finishes' }} clicked>
          {button()}
        </State>
        <State title="Cut off from its window" world={{ scenario: 'severed_abandoned' }} clicked>
          {button()}
        </State>
        <State title="Window blocked" world={{ scenario: 'blocked' }} clicked>
          {button()}
        </State>
        <State title="Denied" world={{ scenario: 'denied' }} clicked>
          {button()}
        </State>
        <State title="Attempt failed" world={{ scenario: 'provider_error' }} clicked>
          {button()}
        </State>
        <State title="Connected" world={livechat()}>
          {button()}
        </State>
        <State title="Needs attention" world={livechat({ status: 'needs_reauth', statusReason: 'grant_revoked' })}>
          {button()}
        </State>
        <State title="Failed" world={livechat({ status: 'failed', statusReason: 'account_suspended' })}>
          {button()}
        </State>
        <State title="Offline" world={{ scenario: 'offline' }}>
          {button()}
        </State>
        <State title="In one word">
          <span className="row">
            {badges.map((status) => (
              <HealthBadge key={status} status={status} />
            ))}
          </span>
        </State>
      </section>
      <section aria-label="Cards">
        <State title="Absent">{card()}</State>
        <State title="Loading" world={{ scenario: 'loading' }}>
          {card()}
        </State>
        <State title="Connecting" world={{ scenario: 'never_finishes' }} clicked>
          {card()}
        </State>
        <State title="Cut off from its window" world={{ scenario: 'severed_abandoned' }} clicked>
          {card()}
        </State>
        <State title="Window blocked" world={{ scenario: 'blocked' }} clicked>
          {card()}
        </State>
        <State title="Connected" world={livechat()}>
          {card()}
        </State>
        <State title="The provider has trouble" world={livechat({ health: { state: 'degraded' } })}>
          {card()}
        </State>
        <State title="Fewer permissions than asked for" world={livechat({ missingScopes: ['chats--all:rw'] })}>
          {card()}
        </State>
        <State title="Needs attention" world={livechat({ status: 'needs_reauth', statusReason: 'grant_revoked' })}>
          {card()}
        </State>
        <State title="A key that is refused" world={livechat({ provider: 'freshdesk', credentialType: 'api_key', status: 'failed', statusReason: 'credential_rejected' })}>
          {card({ provider: 'freshdesk' })}
        </State>
        <State title="Offline" world={{ scenario: 'offline' }}>
          {card()}
        </State>
        <State title="At the top of a page" world={livechat({ status: 'needs_reauth', statusReason: 'grant_revoked' })}>
          <ReconnectBanner />
        </State>
      </section>
    </div>
  ),
  play: async ({ canvas }) => {
    await waitFor(() => expect(canvas.getAllByRole('button', { name: 'Open in a new tab' })).toHaveLength(2))
    await waitFor(() => expect(canvas.getByText('LiveChat could not be connected.')).toBeVisible())
    await waitFor(() => expect(canvas.getAllByRole('button', { name: 'Continue in window…' })).not.toHaveLength(0))
  },
}

/** In the few colours that a reader has chosen, as in the contrast themes of Windows: what is told by a colour is told by a border, an icon or a word too. */
export const ForcedColors: StoryObj = {
  name: 'Forced colours',
  render: () => (
    <div className="states">
      <section aria-label="In the colours of the reader">
        <State title="Three weights">
          <span className="row">
            {button()}
            {button({ variant: 'primary' })}
            {button({ variant: 'ghost' })}
          </span>
        </State>
        <State title="Connected" world={livechat()}>
          {button()}
        </State>
        <State title="Window blocked" world={{ scenario: 'blocked' }} clicked>
          {button()}
        </State>
        <State title="In one word">
          <span className="row">
            {badges.map((status) => (
              <HealthBadge key={status} status={status} />
            ))}
          </span>
        </State>
        <State title="Connected" world={livechat()}>
          {card()}
        </State>
        <State title="Needs attention" world={livechat({ status: 'needs_reauth', statusReason: 'grant_revoked' })}>
          {card()}
        </State>
      </section>
    </div>
  ),
  play: async ({ canvas }) => {
    await waitFor(() => expect(canvas.getByRole('button', { name: 'Open in a new tab' })).toBeVisible())
    for (const word of ['Connected', 'Has trouble right now', 'Update available', 'Needs attention', 'Failed']) await expect(canvas.getAllByText(word)[0]).toBeVisible()
  },
}

/** At 200 % in a window of 640 px: everything wraps, and nothing is cut off or has to be scrolled to sideways. */
export const Zoomed: StoryObj = {
  name: '200 % zoom',
  render: () => (
    <div data-testid="zoomed" style={{ zoom: 2, width: 304, padding: 8, overflow: 'auto' }}>
      <section aria-label="At twice the size" className="states">
        <State title="Connecting" world={{ scenario: 'never_finishes' }} clicked>
          {button()}
        </State>
        <State title="Window blocked" world={{ scenario: 'blocked' }} clicked>
          {button()}
        </State>
        <State title="Connected" world={livechat()}>
          {card()}
        </State>
        <State title="Needs attention" world={livechat({ status: 'needs_reauth', statusReason: 'grant_revoked' })}>
          {card()}
        </State>
      </section>
    </div>
  ),
  play: async ({ canvas }) => {
    await waitFor(() => expect(canvas.getByRole('button', { name: 'Open in a new tab' })).toBeVisible())
    await waitFor(() => expect(canvas.getByRole('button', { name: 'Reconnect LiveChat' })).toBeVisible())
    const zoomed = canvas.getByTestId('zoomed')
    await expect(zoomed.scrollWidth).toBeLessThanOrEqual(zoomed.clientWidth)
    const { left, right } = zoomed.getBoundingClientRect()
    for (const element of canvas.getAllByRole('button')) {
      const box = element.getBoundingClientRect()
      await expect(box.left).toBeGreaterThanOrEqual(left)
      await expect(box.right).toBeLessThanOrEqual(right)
    }
  },
}
