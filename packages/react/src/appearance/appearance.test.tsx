import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createRef, type ComponentPropsWithRef, type ReactNode, type SyntheticEvent } from 'react'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { ConnectButton, type ConnectButtonProps } from '../connect-button/ConnectButton.tsx'
import { MockAuthpipeProvider, mockConnection, type MockAuthpipeProviderProps } from '../testing/index.ts'

beforeEach(() => sessionStorage.clear())

const OwnLink = ({ children, ...props }: ComponentPropsWithRef<'a'>): ReactNode => <a {...props}>{children}</a>

const show = async (props: Partial<ConnectButtonProps> = {}, world: Omit<MockAuthpipeProviderProps, 'children'> = {}): Promise<HTMLElement> => {
  render(
    <MockAuthpipeProvider latencyMs={1} connections={[mockConnection()]} {...world}>
      <ConnectButton provider="livechat" {...props} />
    </MockAuthpipeProvider>,
  )
  return screen.findByRole(props.render ? 'link' : 'button', { name: /LiveChat/, busy: false })
}

describe('render', () => {
  test('puts an element in the place of the button, which keeps its classes and what the button says nothing of', async () => {
    const onClick = vi.fn((event: SyntheticEvent) => event.preventDefault())
    const link = await show({ render: <OwnLink href="#own" className="own" />, onClick }, { connections: [] })
    expect(link).toHaveClass('ap-button own')
    expect(link).toHaveAttribute('href', '#own')
    await userEvent.click(link)
    expect(onClick).toHaveBeenCalledTimes(1)
  })

  test('gives a function the props and the state', async () => {
    const link = await show({
      render: ({ children, ref: _ref, onClick: _onClick, ...props }: ComponentPropsWithRef<'button'>, { connectionStatus }) => (
        <a href={`#${connectionStatus}`} aria-describedby={props['aria-describedby']} aria-busy={props['aria-busy']}>
          {children}
        </a>
      ),
    })
    expect(link).toHaveAttribute('href', '#active')
  })

  test('keeps the ref and the rest of the props on the element', async () => {
    const ref = createRef<HTMLButtonElement>()
    render(
      <MockAuthpipeProvider latencyMs={1}>
        <ConnectButton ref={ref} provider="livechat" data-testid="mine" title="More" />
      </MockAuthpipeProvider>,
    )
    expect(await screen.findByTestId('mine')).toBe(ref.current)
    expect(ref.current).toHaveAttribute('title', 'More')
  })
})

describe('looks', () => {
  test('are functions of the state where an app wants that', async () => {
    const button = await show({ className: ({ connectionStatus }) => `is-${connectionStatus}`, style: ({ phase }) => ({ opacity: phase === 'idle' ? 1 : 0.5 }) })
    expect(button).toHaveClass('ap-button is-active')
    expect(button).toHaveStyle({ opacity: '1' })
  })

  test('of single elements are classes, styles or functions, of all components and then of this one', async () => {
    const button = await show(
      { appearance: { elements: { connectButton: { padding: 2 }, connectButtonLogo: ({ connectionStatus }) => connectionStatus } } },
      { appearance: { elements: { connectButton: 'everywhere', badge: () => ({ fontWeight: 700 }) } } },
    )
    expect(button).toHaveClass('everywhere')
    expect(button).toHaveStyle({ padding: '2px' })
    expect(button.querySelector('[data-authpipe=connectButtonLogo]')).toHaveClass('active')
    expect(button.querySelector('[data-authpipe=badge]')).toHaveStyle({ fontWeight: '700' })
  })

  test('set variables on the outermost element, those of this component over those of all', async () => {
    const button = await show(
      { appearance: { variables: { '--ap-radius': '2px' } } },
      { appearance: { variables: { '--ap-radius': '9px', '--ap-color-primary-foreground': 'white' } } },
    )
    const { style } = button.parentElement ?? button
    expect([style.getPropertyValue('--ap-radius'), style.getPropertyValue('--ap-color-primary-foreground')]).toEqual(['2px', 'white'])
  })

  test('are none where a component is unstyled, apart from what the app gives', async () => {
    const button = await show({ className: 'own', unstyled: true })
    expect(button).toHaveAttribute('class', 'own')
    expect(button.parentElement?.outerHTML).not.toMatch(/class="ap-(button|content|logo|pill)/)
    expect(button).toHaveAttribute('data-status', 'active')
  })

  test('that nobody knows are refused by the compiler', () => {
    // @ts-expect-error There is no such element.
    const props: Partial<ConnectButtonProps> = { appearance: { elements: { connectButon: 'typo' } } }
    // @ts-expect-error There is no such variable.
    const variables: Partial<ConnectButtonProps> = { appearance: { variables: { '--ap-colour': 'red' } } }
    expect([props, variables]).toHaveLength(2)
  })
})
