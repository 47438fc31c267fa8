import type { Meta, StoryObj } from '@storybook/react-vite'
import type { ComponentPropsWithRef, ReactElement } from 'react'
import { expect, waitFor } from 'storybook/test'
import { ConnectButton, ConnectionCard } from '../../packages/react/src/index.ts'
import { mockConnection } from '../../packages/react/src/testing/index.ts'

const meta = {
  title: 'Theming',
  tags: ['!autodocs'],
  parameters: { authpipe: { connections: [mockConnection({ provider: 'help-scout' })] } },
} satisfies Meta

export default meta
type Story = StoryObj<typeof meta>

const sample = (): ReactElement => (
  <div style={{ display: 'grid', gap: 12, width: 'min(460px, 100vw - 48px)' }}>
    <span style={{ display: 'flex', flexWrap: 'wrap', gap: 12 }}>
      <ConnectButton provider="livechat" variant="primary" />
      <ConnectButton provider="crisp" />
    </span>
    <ConnectionCard provider="help-scout" />
  </div>
)

/** A brand of your own: its colour, rounder, and a little larger. */
export const Brand: Story = {
  parameters: { authpipe: { appearance: { variables: { '--ap-color-primary': '#4f46e5', '--ap-color-primary-foreground': '#fff', '--ap-color-ring': '#6366f1', '--ap-radius': '1.25rem', '--ap-font-size': '0.9375rem' } } } },
  render: sample,
  play: async ({ canvas }) => {
    const button = await canvas.findByRole('button', { name: 'Connect LiveChat', busy: false })
    await waitFor(() => expect(button).toHaveStyle({ backgroundColor: 'rgb(79, 70, 229)', borderRadius: '20px' }))
  },
}

/** A dark corner of a light page, and the other way round. */
export const LightInDark: Story = {
  render: () => (
    <div style={{ display: 'grid', gap: 16 }}>
      {['light', 'dark'].map((theme) => (
        <div key={theme} data-theme={theme} style={{ padding: 20, borderRadius: 12, background: 'light-dark(#fafafa, #09090b)' }}>
          {sample()}
        </div>
      ))}
    </div>
  ),
}

/** With the variables of shadcn's “stone”. */
export const Shadcn: Story = {
  decorators: [
    (Story) => (
      <div className="shadcn-page">
        <style>{`
          .shadcn-page {
            --card: light-dark(#fff, #1c1917);
            --card-foreground: light-dark(#0c0a09, #fafaf9);
            --muted: light-dark(#f5f5f4, #292524);
            --muted-foreground: light-dark(#57534e, #a8a29e);
            --border: light-dark(#e7e5e4, #44403c);
            --primary: light-dark(#1c1917, #fafaf9);
            --primary-foreground: light-dark(#fafaf9, #1c1917);
            --radius: 0.625rem;
            --ap-color-background: var(--card);
            --ap-color-foreground: var(--card-foreground);
            --ap-color-muted: var(--muted);
            --ap-color-muted-foreground: var(--muted-foreground);
            --ap-color-border: var(--border);
            --ap-color-primary: var(--primary);
            --ap-color-primary-foreground: var(--primary-foreground);
            --ap-radius: var(--radius);
          }
        `}</style>
        <Story />
      </div>
    ),
  ],
  render: sample,
}

const Chip = ({ children, ...props }: ComponentPropsWithRef<'button'>): ReactElement => (
  <button {...props} style={{ padding: '6px 14px', border: '2px solid #0d9488', borderRadius: 999, background: 'transparent', color: 'inherit', font: 'inherit' }}>
    {children}
  </button>
)

/** A button of your own design system that does what ours does. */
export const RenderedAsYours: Story = {
  render: () => <ConnectButton provider="livechat" render={<Chip />} unstyled showLogo={false} />,
  play: async ({ canvas }) => {
    const button = await canvas.findByRole('button', { name: 'Connect LiveChat', busy: false })
    await expect(button).toHaveStyle({ borderRadius: '999px' })
    await expect(button).toHaveAttribute('data-status', 'absent')
  },
}

/** Without any class of ours. */
export const Unstyled: Story = {
  render: () => <ConnectButton provider="livechat" unstyled showLogo={false} />,
}
