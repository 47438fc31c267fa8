import { createHash } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { consentPage } from './consentPage.ts'
import { errorPage } from './errorPage.ts'
import { html } from './html.ts'
import { pageStyle } from './pageStyle.ts'

const consent = (changes: Partial<Parameters<typeof consentPage>[0]> = {}) =>
  consentPage({
    providerName: 'LiveChat',
    coop: null,
    consentId: 'consent-1',
    action: '/livechat/consent',
    clientId: 'my-app',
    redirectUri: 'http://localhost:3000/callback',
    scopes: [{ id: 'chats--all:ro', description: 'Read every chat' }],
    people: [
      { accountId: 'a', name: 'Ada', email: 'ada@northwind.example', detail: 'Owner' },
      { accountId: 's', name: 'Sam', email: 'sam@northwind.example' },
    ],
    email: undefined,
    refusal: 'Cancel',
    ...changes,
  })

describe('html', () => {
  it('escapes what is not markup itself', () => {
    expect(html`<p title="${`"'`}">${'<b>&'}${html`<i>${1}</i>`}${undefined}</p>`.text).toBe('<p title="&#34;&#39;">&#60;b&#62;&#38;<i>1</i></p>')
  })
})

describe('consentPage', () => {
  it('says whose stand-in it is, who can sign in, and what the app asks for in plain words', () => {
    const { body } = consent()

    for (const words of ['Authpipe sandbox: stand-in for LiveChat, no real accounts', 'ada@northwind.example', 'Owner', 'Read every chat', 'chats--all:ro', 'http://localhost:3000']) {
      expect(body).toContain(words)
    }
  })

  it('chooses the person that the app expects', () => {
    expect(consent({ email: 'sam@northwind.example' }).body).toContain('value="s" checked')
    expect(consent({ email: 'nobody@northwind.example' }).body).toContain('value="a" checked')
  })

  it('shows names as text', () => {
    expect(consent({ clientId: '<script>alert(1)</script>' }).body).not.toContain('<script>')
  })

  it('lets nothing but its own style act', () => {
    const style = createHash('sha256').update(pageStyle).digest('base64')

    expect(consent().headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; frame-ancestors 'none'`,
    )
    expect(consent().body).toContain(`<style>${pageStyle}</style>`)
  })

  it('loads nothing', () => {
    expect(consent().body).not.toMatch(/<(link|img|script|iframe)|url\(|@import|src=/)
  })
})

describe('errorPage', () => {
  it('shows its facts as text', () => {
    const { body } = errorPage({ providerName: 'LiveChat', coop: null, status: 200, heading: 'Ooops', explanation: '…', facts: [['<i>', '<b>']] })

    expect(body).toContain('<dt>&#60;i&#62;</dt><dd>&#60;b&#62;</dd>')
  })
})

describe('pageStyle', () => {
  const token = (name: string, theme: 0 | 1): string => {
    const [, light = '', dark = ''] = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(pageStyle) ?? []
    return [light, dark][theme] ?? ''
  }
  // WCAG 2.2, relative luminance and contrast ratio.
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const contrast = (one: string, other: string): number => {
    const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
    return (lighter + 0.05) / (darker + 0.05)
  }

  it.each([
    ['foreground', 'card', 4.5],
    ['muted', 'card', 4.5],
    ['muted', 'subtle', 4.5],
    ['warning', 'warning-subtle', 4.5],
    ['success', 'card', 4.5],
    ['primary-foreground', 'primary', 4.5],
    ['input-border', 'card', 3],
    ['ring', 'card', 3],
  ] as const)('keeps %s readable on %s in both themes', (front, back, least) => {
    expect(contrast(token(front, 0), token(back, 0))).toBeGreaterThanOrEqual(least)
    expect(contrast(token(front, 1), token(back, 1))).toBeGreaterThanOrEqual(least)
  })
})
