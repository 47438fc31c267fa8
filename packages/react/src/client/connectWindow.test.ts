import { afterEach, expect, test, vi } from 'vitest'
import { pageWindows } from './connectWindow.ts'

afterEach(() => vi.unstubAllGlobals())

test('opens an empty window centred on this one, which may stand on a second monitor', () => {
  vi.stubGlobal('screen', { availWidth: 1920, availHeight: 1080 })
  vi.stubGlobal('screenX', 2_000)
  vi.stubGlobal('screenY', 100)
  vi.stubGlobal('outerWidth', 1_520)
  vi.stubGlobal('outerHeight', 880)
  const opened = { closed: false }
  const open = vi.fn(() => opened)
  vi.stubGlobal('open', open)
  expect(pageWindows.open('authpipe-1')).toBe(opened)
  expect(open).toHaveBeenCalledExactlyOnceWith('', 'authpipe-1', 'popup,width=520,height=680,left=2500,top=200')
})

test.each([
  ['null', null],
  ['a stub without "closed"', {}],
])('takes %s for a blocked window', (_, opened) => {
  vi.stubGlobal('open', () => opened)
  expect(pageWindows.open('authpipe-1')).toBeNull()
})

test('posts a form into the named window and leaves nothing behind', () => {
  const submitted: string[] = []
  vi.spyOn(HTMLFormElement.prototype, 'submit').mockImplementation(function (this: HTMLFormElement) {
    const fields = [...this.querySelectorAll('input')].map(({ name, value }) => `${name}=${value}`)
    submitted.push(`${this.method} ${new URL(this.action).pathname} ${this.target} ${fields.join(',')}`)
  })
  pageWindows.post({ action: '/api/authpipe/sessions', fields: [['provider', 'livechat'], ['scopes', 'a'], ['scopes', 'b']] }, 'authpipe-1')
  expect(submitted).toEqual(['post /api/authpipe/sessions authpipe-1 provider=livechat,scopes=a,scopes=b'])
  expect(document.forms).toHaveLength(0)
})
