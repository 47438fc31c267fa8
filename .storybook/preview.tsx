import type { Preview } from '@storybook/react-vite'
import { configure } from 'storybook/test'
import { arabic } from '../packages/react/src/locales/ar.ts'
import { german } from '../packages/react/src/locales/de.ts'
import { english } from '../packages/react/src/locales/en.ts'
import { spanish } from '../packages/react/src/locales/es.ts'
import { french } from '../packages/react/src/locales/fr.ts'
import { japanese } from '../packages/react/src/locales/ja.ts'
import type { LocaleMessages } from '../packages/react/src/messages.ts'
import '../packages/react/src/styles.css'
import { MockAuthpipeProvider, type MockAuthpipeProviderProps } from '../packages/react/src/testing/index.ts'
import { exampleLogos } from './exampleLogos.tsx'
import { ThemedDocs } from './guides/ThemedDocs.tsx'
import './preview.css'
import { pseudoLocale } from './pseudoLocale.ts'

// Room for a busy machine; nothing waits longer than it must.
configure({ asyncUtilTimeout: 10_000 })

declare module '@storybook/react-vite' {
  interface Parameters {
    /** What the mock client of a story is told. */
    authpipe?: MockAuthpipeProviderProps
  }
}

const locales: Readonly<Record<string, LocaleMessages | undefined>> = {
  de: german,
  fr: french,
  es: spanish,
  ja: japanese,
  ar: arabic,
  'en-XA': pseudoLocale(english),
}

const spacings: Readonly<Record<string, string | undefined>> = { compact: '0.2rem', roomy: '0.3rem' }

const scenarios: readonly NonNullable<MockAuthpipeProviderProps['scenario']>[] = [
  'success', 'denied', 'blocked', 'severed_abandoned', 'never_finishes', 'provider_error', 'key_rejected', 'unreachable', 'loading', 'offline',
]

const choice = (title: string, icon: 'contrast' | 'transfer' | 'globe' | 'play' | 'ruler' | 'beaker', items: readonly (readonly [value: string, title: string])[]) => ({
  description: title,
  toolbar: { title, icon, dynamicTitle: true, items: items.map(([value, label]) => ({ value, title: label })) },
})

const preview: Preview = {
  tags: ['autodocs'],
  parameters: {
    layout: 'centered',
    controls: { expanded: true },
    docs: { container: ThemedDocs },
    options: { storySort: { order: ['Start here', ['Introduction', 'States'], 'Guides', ['Get started', 'Concepts', 'Architecture', 'Hooks', 'The window', 'Several accounts', 'Reconnecting', 'Server rendering', 'Testing', '*', 'Providers'], 'Components', 'Hooks', 'Flows', 'Theming', 'Testing'] } },
    a11y: {
      test: 'error',
      options: { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
    },
  },
  globalTypes: {
    theme: choice('Theme', 'contrast', [['light', 'Light'], ['dark', 'Dark']]),
    direction: choice('Direction', 'transfer', [['auto', 'Direction of the language'], ['ltr', 'Left to right'], ['rtl', 'Right to left']]),
    locale: choice('Language', 'globe', [['en', 'English'], ['de', 'Deutsch'], ['fr', 'Français'], ['es', 'Español'], ['ja', '日本語'], ['ar', 'العربية'], ['en-XA', 'Pseudo']]),
    motion: choice('Motion', 'play', [['full', 'Motion'], ['reduced', 'Less motion']]),
    density: choice('Density', 'ruler', [['normal', 'Normal density'], ['compact', 'Compact'], ['roomy', 'Roomy']]),
    scenario: choice('Scenario', 'beaker', [['story', 'Scenario of the story'], ...scenarios.map((scenario) => [scenario, scenario] as const)]),
  },
  initialGlobals: {
    // The reader's own; the tests run every story under both.
    theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
    direction: 'auto',
    locale: 'en',
    motion: 'full',
    density: 'normal',
    scenario: 'story',
  },
  // An attempt that one story left pending is none of the next one's business.
  beforeEach: () => sessionStorage.clear(),
  decorators: [
    (Story, { globals, parameters, id }) => {
      const { theme, direction, locale, motion, density } = globals
      const page = document.documentElement
      Object.assign(page.dataset, { theme, motion })
      page.lang = locale === 'en-XA' ? 'en' : locale
      page.dir = direction === 'auto' ? (locale === 'ar' ? 'rtl' : 'ltr') : direction
      page.style.setProperty('--ap-spacing', spacings[density] ?? '')

      const { messages, ...told } = parameters.authpipe ?? {}
      const scenario = scenarios.find((one) => one === globals.scenario) ?? told.scenario
      return (
        <MockAuthpipeProvider key={`${id} ${locale} ${scenario}`} providers={exampleLogos} {...told} scenario={scenario} messages={{ ...locales[locale], ...messages }}>
          <Story />
        </MockAuthpipeProvider>
      )
    },
  ],
}

export default preview
