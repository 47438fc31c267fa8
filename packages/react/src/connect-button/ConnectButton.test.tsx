import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { MockAuthpipeProvider } from '../testing/index.ts'
import { ConnectButton } from './ConnectButton.tsx'

test('connects in a window and shows the connection', async () => {
  const onSuccess = vi.fn()
  render(
    <MockAuthpipeProvider latencyMs={1}>
      <ConnectButton provider="livechat" onSuccess={onSuccess} />
    </MockAuthpipeProvider>,
  )
  await userEvent.click(await screen.findByRole('button', { name: 'Connect LiveChat', busy: false }))
  expect(await screen.findByRole('button', { name: 'Connected' }, { timeout: 4000 })).toBeInTheDocument()
  expect(onSuccess).toHaveBeenCalledTimes(1)
})
