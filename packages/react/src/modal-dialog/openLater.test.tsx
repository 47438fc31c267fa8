import { render, screen, waitFor } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { openLater } from './openLater.tsx'

interface Props {
  readonly open?: boolean
  readonly onOpenChange?: (open: boolean) => void
  readonly onError?: (error: { readonly code: string }) => void
}

test('loads the code of a dialog when it is first opened', async () => {
  const load = vi.fn(async () => ({ default: ({ open }: Props) => <p>{open ? 'open' : 'closed'}</p> }))
  const Dialog = openLater<Props>(load)
  const { rerender } = render(<Dialog open={false} />)
  expect(load).not.toHaveBeenCalled()
  rerender(<Dialog open />)
  expect(await screen.findByText('open')).toBeInTheDocument()
  rerender(<Dialog open={false} />)
  expect(screen.getByText('closed')).toBeInTheDocument()
  expect(load).toHaveBeenCalledTimes(1)
})

test('closes again and says so where the code cannot be loaded', async () => {
  const Dialog = openLater<Props>(() => Promise.reject(new TypeError('Failed to fetch dynamically imported module')))
  const [onError, onOpenChange] = [vi.fn(), vi.fn()]
  render(<Dialog onError={onError} onOpenChange={onOpenChange} />)
  await waitFor(() => expect(onOpenChange).toHaveBeenCalledExactlyOnceWith(false))
  expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'network_error', retryable: true }))
})
