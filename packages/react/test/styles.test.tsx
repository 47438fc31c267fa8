// @vitest-environment node
import { readFile } from 'node:fs/promises'
import { QueryClient } from '@tanstack/react-query'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright'
import { renderToString } from 'react-dom/server'
import { compile } from 'tailwindcss'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumArguments, findChromium } from '../../../tools/findChromium.ts'
import { AuthpipeProvider } from '../src/AuthpipeProvider.tsx'
import { ConnectButton, type ConnectButtonProps } from '../src/connect-button/ConnectButton.tsx'
import { ConnectionCard } from '../src/connection-card/ConnectionCard.tsx'
import { mockConnection } from '../src/testing/index.ts'
import { bundleStyles, tailwindStyles } from '../writeStyles.ts'

const styles = bundleStyles('styles.css')
const unlayered = bundleStyles('styles-unlayered.css')

let browser: Browser
beforeAll(async () => {
  const executablePath = findChromium()
  browser = await chromium.launch({ ...(executablePath && { executablePath }), args: [...chromiumArguments] })
}, 60_000)
afterAll(() => browser.close())

const html = (content: React.ReactNode, connections = [] as Parameters<typeof mockConnection>): string =>
  renderToString(
    <AuthpipeProvider queryClient={new QueryClient()} initialConnections={connections.map((changes) => mockConnection(changes))}>
      {content}
    </AuthpipeProvider>,
  )
const button = (props: Partial<ConnectButtonProps> = {}, connections?: Parameters<typeof mockConnection>): string =>
  html(<ConnectButton provider="livechat" {...props} />, connections)

/** Opens a page with these style sheets, in this order. */
async function open(body: string, sheets: readonly string[] = [styles], options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 900, height: 600 }, ...options })
  await page.setContent(`<!doctype html><html lang="en"><head>${sheets.map((css) => `<style>${css}</style>`).join('')}</head><body>${body}</body></html>`)
  return page
}

/** What a page makes of the first button in it. */
const look = (page: Page) =>
  page.evaluate(() => {
    const { backgroundColor, borderTopWidth, paddingLeft, borderTopLeftRadius, fontWeight, minHeight } = getComputedStyle(document.querySelector('button')!)
    return { backgroundColor, borderTopWidth, paddingLeft, borderTopLeftRadius, fontWeight, minHeight }
  })

describe('colours', () => {
  // The reference values, light and dark.
  const reference = {
    background: ['#ffffff', '#18181b'],
    foreground: ['#18181b', '#fafafa'],
    muted: ['#f4f4f5', '#27272a'],
    'muted-foreground': ['#5c5c66', '#a1a1aa'],
    placeholder: ['#71717a', '#8e8e99'],
    border: ['#e4e4e7', '#3f3f46'],
    'input-border': ['#8c8c96', '#71717a'],
    primary: ['#18181b', '#fafafa'],
    'primary-foreground': ['#fafafa', '#18181b'],
    ring: ['#2563eb', '#60a5fa'],
    success: ['#166534', '#4ade80'],
    'success-subtle': ['#f0fdf4', '#0f2417'],
    warning: ['#92400e', '#fbbf24'],
    'warning-subtle': ['#fffbeb', '#2a2110'],
    danger: ['#b91c1c', '#f87171'],
    'danger-subtle': ['#fef2f2', '#2d1414'],
    'danger-solid': ['#dc2626', '#dc2626'],
    info: ['#1d4ed8', '#93c5fd'],
    'info-subtle': ['#eff6ff', '#132038'],
  }

  const paint = async (theme: string, sheet = styles): Promise<Record<string, string>> => {
    const swatches = Object.keys(reference).map((name) => `<i id="${name}" style="color: var(--_${name})"></i>`)
    const page = await open(`<div data-theme="${theme}"><div data-authpipe="card">${swatches.join('')}</div></div>`, [sheet])
    const colors = await page.evaluate(() => {
      const context = document.createElement('canvas').getContext('2d')!
      return [...document.querySelectorAll('i')].map((swatch) => {
        context.fillStyle = getComputedStyle(swatch).color
        context.fillRect(0, 0, 1, 1)
        const hex = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part.toString(16).padStart(2, '0'))
        return [swatch.id, `#${hex.join('')}`] as const
      })
    })
    await page.close()
    return Object.fromEntries(colors)
  }

  test.each([['light', 0], ['dark', 1]] as const)('are the reference ones in the %s', async (theme, index) => {
    expect(await paint(theme)).toEqual(Object.fromEntries(Object.entries(reference).map(([name, values]) => [name, values[index]])))
  })

  const luminance = (hex: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((start) => {
      const part = Number.parseInt(hex.slice(start, start + 2), 16) / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (one: string, other: string): number => {
    const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
    return (light + 0.05) / (dark + 0.05)
  }

  test.each(['light', 'dark'])('can be told apart in the %s, as WCAG asks', async (theme) => {
    const color = await paint(theme)
    const pairs = [
      ['foreground', 'background', 4.5], ['muted-foreground', 'background', 4.5], ['muted-foreground', 'muted', 4.5], ['placeholder', 'background', 4.5],
      ['primary-foreground', 'primary', 4.5], ['input-border', 'background', 3], ['ring', 'background', 3],
      ['success', 'success-subtle', 4.5], ['warning', 'warning-subtle', 4.5], ['danger', 'danger-subtle', 4.5], ['info', 'info-subtle', 4.5], ['danger', 'background', 4.5],
    ] as const
    expect(pairs.filter(([one, other, least]) => contrast(color[one] ?? '', color[other] ?? '') < least)).toEqual([])
    expect(contrast('#ffffff', color['danger-solid'] ?? '')).toBeGreaterThan(4.5)
  })

  test('follow an app that sets its own on any ancestor', async () => {
    const page = await open(`<div style="--ap-color-background: rgb(1, 2, 3)"><div class="dark">${button()}</div></div>`)
    expect((await look(page)).backgroundColor).toBe('rgb(1, 2, 3)')
    await page.close()
  })
})

describe('beside a reset', () => {
  const plain = async () => {
    const page = await open(button())
    const own = await look(page)
    await page.close()
    return own
  }

  const tailwind4 = async (classes: readonly string[], more = ''): Promise<string> => {
    const read = async (file: string): Promise<string> => readFile(new URL(import.meta.resolve(file)), 'utf8')
    const files: Readonly<Record<string, string>> = { tailwindcss: 'tailwindcss/index.css' }
    const { build } = await compile(`@import 'tailwindcss';\n${more}`, {
      base: '/',
      loadStylesheet: async (id) => ({ path: id, base: '/', content: id.endsWith('styles.css') ? styles : await read(files[id] ?? id) }),
    })
    return build([...classes])
  }

  test.each([['before', 0], ['after', 1]])('of Tailwind 4 that is loaded %s it keeps its look, and utilities win', async (_, place) => {
    const utilities = await tailwind4(['p-4', 'bg-red-500', 'rounded-none'])
    const sheets = place === 0 ? [utilities, styles] : [styles, utilities]
    const page = await open(button(), sheets)
    expect(await look(page)).toEqual(await plain())
    await page.evaluate(() => document.querySelector('button')?.classList.add('p-4', 'bg-red-500', 'rounded-none'))
    // What moves arrives.
    await page.addStyleTag({ content: '* { transition: none !important }' })
    expect(await look(page)).toMatchObject({ paddingLeft: '16px', borderTopLeftRadius: '0px' })
    expect((await look(page)).backgroundColor).not.toBe((await plain()).backgroundColor)
    await page.close()
  })

  test('of Tailwind 3 the sheet without layers keeps its look, and utilities win', async () => {
    const preflight = (await readFile(new URL(import.meta.resolve('tailwindcss-3/src/css/preflight.css')), 'utf8')).replaceAll(/theme\('[^']*'[^)]*\)/g, 'inherit')
    const utilities = '.p-4 { padding: 1rem } .bg-red-500 { background-color: rgb(239 68 68) } .rounded-none { border-radius: 0 }'
    const page = await open(button({ size: 'sm', variant: 'primary', className: 'p-4 bg-red-500 rounded-none' }), [preflight, unlayered, utilities])
    expect(await look(page)).toMatchObject({ paddingLeft: '16px', borderTopLeftRadius: '0px', backgroundColor: 'rgb(239, 68, 68)' })
    await page.evaluate(() => document.querySelector('button')?.classList.remove('p-4', 'bg-red-500', 'rounded-none'))
    await page.addStyleTag({ content: '* { transition: none !important }' })
    const own = await look(page)
    expect(own).toMatchObject({ paddingLeft: '12px', borderTopWidth: '1px', fontWeight: '500', minHeight: '32px' })
    expect(own.backgroundColor).not.toBe('rgba(0, 0, 0, 0)')
    await page.close()
  })

  test('of Tailwind 3 the sheet in layers would lose, which is why there are two', async () => {
    const preflight = await readFile(new URL(import.meta.resolve('tailwindcss-3/src/css/preflight.css')), 'utf8')
    const page = await open(button(), [styles, preflight])
    expect((await look(page)).backgroundColor).toBe('rgba(0, 0, 0, 0)')
    await page.close()
  })

  test('Tailwind 4 makes colours and variants for states of ours', async () => {
    const css = await tailwind4(['bg-ap-muted', 'ap-waiting:opacity-50', 'ap-needs-reauth:underline'], (await tailwindStyles()).replace("'./styles.css'", "'/styles.css'"))
    expect(css).toMatch(/\.bg-ap-muted\s*\{\s*background-color: var\(--ap-color-muted, light-dark/)
    expect(css).toContain(".ap-waiting\\:opacity-50:where([data-phase='waiting'], [data-phase='waiting'] *)")
    expect(css).toContain(".ap-needs-reauth\\:underline:where([data-status='needs_reauth'], [data-status='needs_reauth'] *)")
  })
})

describe('sizes', () => {
  test('of buttons are 32, 36 and 44 pixels, and of their logos 16, 20 and 22', async () => {
    const page = await open((['sm', 'md', 'lg'] as const).map((size) => button({ size })).join(' '))
    const measured = await page.evaluate(() => [...document.querySelectorAll('button, .ap-logo')].map((element) => element.getBoundingClientRect().height))
    expect(measured).toEqual([32, 16, 36, 20, 44, 22])
    await page.close()
  })

  test('of a button are the same in every state', async () => {
    const states: (Parameters<typeof mockConnection> | undefined)[] = [undefined, [{}], [{ status: 'needs_reauth' }], [{ status: 'failed' }]]
    const page = await open(states.map((connections) => `<p>${button({}, connections)}</p>`).join(''))
    const widths = await page.evaluate(() => [...document.querySelectorAll('button')].map((element) => element.getBoundingClientRect().width))
    expect(new Set(widths).size).toBe(1)
    await page.close()
  })

  test('of a card and its tile are those of the design', async () => {
    const page = await open(html(<ConnectionCard provider="livechat" />))
    const card = await page.evaluate(() => {
      const style = (selector: string): CSSStyleDeclaration => getComputedStyle(document.querySelector(selector)!)
      return [style('.ap-card').padding, style('.ap-card').borderTopLeftRadius, style('.ap-logo').width, style('.ap-logo').borderTopLeftRadius]
    })
    expect(card).toEqual(['14px 16px', '12px', '40px', '22.5%'])
    await page.close()
  })

  test('of what fingers hit are at least 44 pixels, without a change of what is seen', async () => {
    const page = await open(`<div style="padding: 50px">${button({ size: 'sm' })}</div>`, [styles], { hasTouch: true, isMobile: true })
    const hit = await page.evaluate(() => {
      const { top, left, width, height } = document.querySelector('button')!.getBoundingClientRect()
      const at = (y: number): boolean => document.elementFromPoint(left + width / 2, y)?.closest('button') !== null
      return { height, above: at(top + height / 2 - 21.5), below: at(top + height / 2 + 21.5), beyond: at(top + height / 2 + 23) }
    })
    expect(hit).toEqual({ height: 32, above: true, below: true, beyond: false })
    await page.close()
  })
})

describe('readers', () => {
  test('of a language from right to left see everything mirrored', async () => {
    const page = await open(`<div dir="rtl">${html(<ConnectionCard provider="livechat" />)}</div>`)
    const [logo = 0, action = 0] = await page.evaluate(() => ['.ap-logo', '.ap-card-actions'].map((selector) => document.querySelector(selector)!.getBoundingClientRect().left))
    expect(logo).toBeGreaterThan(action)
    await page.close()
    // Physical sides would stay where they are.
    expect(styles).not.toMatch(/(?:margin|padding|border)-(?:left|right)|[^-](?:left|right):|text-align:(?:left|right)/)
  })

  test('who asked for less motion see none', async () => {
    const page = await open(html(<ConnectionCard provider="livechat" />), [styles], { reducedMotion: 'reduce' })
    expect(await page.evaluate(() => getComputedStyle(document.querySelector('.ap-logo')!, '::after').animationName)).toBe('none')
    await page.close()
  })

  test('with colours of their own see where things end', async () => {
    const page = await open(button({}, [{}]), [styles], { forcedColors: 'active' })
    expect(await page.evaluate(() => [...document.querySelectorAll('.ap-button, .ap-pill')].map((element) => getComputedStyle(element).borderTopWidth))).toEqual(['1px', '1px'])
    await page.close()
  })
})
